namespace ClusterTest.Lab.Faults;

/// <summary>What the lab can do to a node.</summary>
public enum NodeFault
{
    /// <summary><c>rabbitmqctl stop_app</c>: the broker stops in order, its Erlang VM stays. Clients are told <c>CONNECTION_FORCED</c>.</summary>
    StopApp,

    /// <summary>SIGKILL to every process of the node. Clients see the end of the stream at once.</summary>
    Kill,

    /// <summary>SIGSTOP to every process of the node, or <c>docker pause</c>. Clients see nothing at all: the kernel still accepts and acknowledges.</summary>
    Freeze,

    /// <summary><c>rabbitmq-upgrade drain</c>: the broker closes its listeners and connections and hands its queues' leadership over, but runs on.</summary>
    Drain,

    /// <summary>The node ends in order, by SIGTERM, and starts again. It is whole afterwards; the balancer needs a moment more to see that.</summary>
    Restart,

    /// <summary>The node and the others do not see each other. On the native engine its clients stay connected, and the balancer sees it up; in containers it has no network at all.</summary>
    Partition,
}
