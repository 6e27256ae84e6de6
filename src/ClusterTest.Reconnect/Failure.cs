namespace ClusterTest.Reconnect;

/// <summary>Why a session could not start or stopped serving, and what that means for the session.</summary>
public sealed record Failure
{
    /// <summary>Gets the kind of failure.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>Gets whether another attempt can succeed.</summary>
    public required FailureSeverity Severity { get; init; }

    /// <summary>Gets whether the whole connection was lost, or only the channel.</summary>
    public required FailureScope Scope { get; init; }

    /// <summary>Gets the AMQP reply code.</summary>
    /// <value><see langword="null"/> when the peer gave none.</value>
    public ushort? ReplyCode { get; init; }

    /// <summary>Gets what happened, in one line without a full stop at its end.</summary>
    public required string Message { get; init; }

    /// <summary>Gets what a person can do about the failure, in one sentence.</summary>
    /// <value>Empty when nothing needs to be done.</value>
    public string Advice { get; init; } = "";
}
