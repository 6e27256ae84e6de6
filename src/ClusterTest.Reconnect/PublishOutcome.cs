namespace ClusterTest.Reconnect;

/// <summary>How a publish ended.</summary>
public enum PublishOutcome
{
    /// <summary>The broker confirmed the message and did not return it: a queue has it.</summary>
    Confirmed,

    /// <summary>The deadline passed and the message may or may not be in a queue.</summary>
    Unknown,

    /// <summary>The deadline passed and the broker had returned the message each time: no queue has it.</summary>
    Returned,

    /// <summary>The deadline passed before the message was written to a connection: no queue has it.</summary>
    NotSent,
}
