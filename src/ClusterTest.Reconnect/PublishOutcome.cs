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

    /// <summary>
    /// The deadline passed and the broker had refused the message at its last attempt (<c>basic.nack</c>), because its queue is full for example.
    /// No queue has it, unless the queue failed in the moment that it took it, or several queues are bound and one of them took it: then it may be there
    /// once for each attempt.
    /// </summary>
    Nacked,

    /// <summary>The message itself cannot be taken, for its size for example: no queue has it, and trying again does not help.</summary>
    Refused,
}
