namespace ClusterTest.Lab.Labs;

/// <summary>How a node looks from outside.</summary>
public enum NodeState
{
    /// <summary>The node answers the AMQP handshake.</summary>
    Running,

    /// <summary>The node runs, and the lab has cut it off from the other nodes.</summary>
    CutOff,

    /// <summary>The node runs and is under maintenance: it takes no connections.</summary>
    Drained,

    /// <summary>The node's Erlang VM runs, but RabbitMQ in it does not: after <c>stop_app</c>, or while the node starts.</summary>
    AppStopped,

    /// <summary>The node's processes are stopped, by SIGSTOP or <c>docker pause</c>.</summary>
    Frozen,

    /// <summary>The node accepts a connection and does not answer the handshake.</summary>
    NotResponding,

    /// <summary>The node is a host whose cluster manager runs the broker elsewhere, or nowhere.</summary>
    Standby,

    /// <summary>The node has no process.</summary>
    Down,
}

/// <summary>The words for node states in messages.</summary>
internal static class NodeStateWords
{
    /// <summary>The words that follow "the node is".</summary>
    internal static string ToWords(this NodeState state) => state switch
    {
        NodeState.Running => "running",
        NodeState.CutOff => "cut off",
        NodeState.Drained => "drained",
        NodeState.AppStopped => "app stopped",
        NodeState.Frozen => "frozen",
        NodeState.NotResponding => "not responding",
        NodeState.Standby => "standing by",
        _ => "down",
    };
}
