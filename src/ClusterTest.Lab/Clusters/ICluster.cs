using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Clusters;

/// <summary>A RabbitMQ cluster behind a load balancer that can be started, looked at, broken and healed.</summary>
public interface ICluster
{
    /// <summary>The nodes, in order; their names are what the other members take as <c>node</c>.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>Where clients connect, <c>host:port</c>.</summary>
    public AmqpAddress Balancer { get; }

    /// <summary>Starts everything and returns when all nodes form one cluster and the balancer sees all of them.</summary>
    /// <exception cref="LabException">Something is missing, a port is in use, or a node does not start. Nothing is left running.</exception>
    public Task<UpOutcome> UpAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Ends everything at once and removes the data; logs stay. Does nothing when nothing runs.</summary>
    /// <returns>How many processes were ended.</returns>
    public Task<int> DownAsync(CancellationToken cancellationToken = default);

    /// <summary>Looks at every node and at the balancer; a node that does not answer costs one second.</summary>
    public Task<ClusterStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs <c>rabbitmqctl</c> on a node and returns what it said.</summary>
    public Task<CtlResult> CtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default);

    /// <summary>Runs <c>rabbitmqctl</c> on a node with this program's own input, output and error; returns its exit code.</summary>
    public Task<int> RunCtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default);

    /// <summary>Breaks a node; returns when the fault has taken effect.</summary>
    public Task InjectAsync(string node, NodeFault fault, CancellationToken cancellationToken = default);

    /// <summary>Undoes every fault and returns when the cluster is whole again, seen from the nodes and from the balancer.</summary>
    public Task HealAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>The nodes that connections with this <c>connection_name</c> are on, in the order of <see cref="Nodes"/>; empty if there are none.</summary>
    public Task<IReadOnlyList<string>> FindNodesOfClientAsync(string clientName, CancellationToken cancellationToken = default);
}
