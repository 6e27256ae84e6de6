namespace ClusterTest.Lab.Faults;

/// <summary>What the lab can do to a node.</summary>
public enum NodeFault
{
    /// <summary><c>rabbitmqctl stop_app</c>: the broker stops in order, its Erlang VM stays. Clients are told <c>CONNECTION_FORCED</c>.</summary>
    StopApp,

    /// <summary>SIGKILL to every process of the node. Clients see the end of the stream at once.</summary>
    Kill,

    /// <summary>SIGSTOP to every process of the node. Clients see nothing at all: the kernel still accepts and acknowledges.</summary>
    Freeze,
}
