namespace ClusterTest.Reconnect;

/// <summary>How a publish ended.</summary>
public enum PublishOutcome
{
    /// <summary>The broker confirmed the message and did not return it: a queue has it.</summary>
    Confirmed,

    /// <summary>The deadline passed, and a queue may have the message.</summary>
    Unknown,

    /// <summary>The deadline passed, and the broker had returned the message at every attempt: no queue has it.</summary>
    Returned,

    /// <summary>The deadline passed before the message was written to a connection: no queue has it.</summary>
    NotSent,

    /// <summary>
    /// The deadline passed, and the broker had refused the message at the last attempt (<c>basic.nack</c>), for example because the queue is full.
    /// No queue has the message, with two exceptions: the queue failed at the moment when it took the message, or several queues are bound and one of them
    /// took the message. Then that queue may have the message once for each attempt.
    /// </summary>
    Nacked,

    /// <summary>The broker cannot accept the message itself, for example because of its size: no queue has it, and another attempt would fail, too.</summary>
    Refused,
}
