namespace ClusterTest.Reconnect;

/// <summary>Why a session could not start or stopped serving, and what follows from it.</summary>
public sealed record Fault
{
    /// <summary>Gets the kind of fault.</summary>
    public required FaultKind Kind { get; init; }

    /// <summary>Gets whether trying again can help.</summary>
    public required FaultVerdict Verdict { get; init; }

    /// <summary>Gets whether the connection or only the channel was lost.</summary>
    public required FaultScope Scope { get; init; }

    /// <summary>Gets the AMQP reply code.</summary>
    /// <value><see langword="null"/> when the peer gave none.</value>
    public ushort? ReplyCode { get; init; }

    /// <summary>Gets what happened, in one line without a full stop at its end.</summary>
    public required string Message { get; init; }

    /// <summary>Gets what a person can do about it, in one sentence.</summary>
    /// <value>Empty when nothing needs to be done.</value>
    public string Advice { get; init; } = "";
}
