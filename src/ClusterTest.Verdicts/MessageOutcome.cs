namespace ClusterTest.Verdicts;

/// <summary>What the producer knows of a message. Of two outcomes, the one that is later in this list counts.</summary>
internal enum MessageOutcome
{
    None,
    NotSent,
    Returned,
    Unknown,
    Confirmed,
}
