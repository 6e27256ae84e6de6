namespace ClusterTest.Verdicts;

/// <summary>What the producer knows of a message. A later one in this order outdoes those before it.</summary>
internal enum MessageOutcome
{
    None,
    NotSent,
    Returned,
    Unknown,
    Confirmed,
}
