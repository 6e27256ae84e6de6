namespace ClusterTest.Lab.Labs;

/// <summary>How a node looks from outside.</summary>
public enum NodeState
{
    /// <summary>It answers the AMQP handshake.</summary>
    Running,

    /// <summary>It runs, and the lab has cut it off from the other nodes.</summary>
    CutOff,

    /// <summary>It runs and is under maintenance: it takes no connections.</summary>
    Drained,

    /// <summary>The Erlang VM runs and the broker in it does not: after <c>stop_app</c>, or while it starts.</summary>
    AppStopped,

    /// <summary>Its processes stand still, by SIGSTOP or <c>docker pause</c>.</summary>
    Frozen,

    /// <summary>It accepts a connection and does not answer the handshake.</summary>
    NotResponding,

    /// <summary>It has no process.</summary>
    Down,
}
