using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Clusters;

/// <summary>A RabbitMQ cluster behind a load balancer that can be started, looked at, broken and healed.</summary>
public interface ICluster
{
    /// <summary>The nodes, in order; their names are what the other members take as <c>node</c>.</summary>
    public IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>What it runs on.</summary>
    public Engine Engine { get; }

    /// <summary>What clients need to be let in; null if the lab is open to everyone on this machine.</summary>
    public LabSecrets? Secrets { get; }

    /// <summary>Where clients connect, <c>host:port</c>; by TLS, if it takes <see cref="Secrets"/>.</summary>
    public AmqpAddress Balancer { get; }

    /// <summary>Where the balancer shows its statistics.</summary>
    public Uri Statistics { get; }

    /// <summary>Everything that the cluster writes on this machine is in here, and its path tells clusters apart.</summary>
    public string StateDirectory { get; }

    /// <summary>Where the nodes' and the balancer's logs are after <see cref="DownAsync"/>.</summary>
    public string LogDirectory { get; }

    /// <summary>Whether the cluster was started, with or without faults in it.</summary>
    public Task<bool> IsUpAsync(CancellationToken cancellationToken = default);

    /// <summary>Where a node itself can be reached, past the balancer.</summary>
    /// <exception cref="LabException">There is no way to it, for now.</exception>
    public Task<AmqpAddress> FindAddressAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>Starts everything and returns when all nodes form one cluster and the balancer sees all of them.</summary>
    /// <exception cref="LabException">Something is missing, a port is in use, or a node does not start. Nothing is left running.</exception>
    public Task<UpOutcome> UpAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Ends everything at once and removes the data; logs stay. Does nothing when nothing runs.</summary>
    /// <returns>How many processes or containers were ended.</returns>
    public Task<int> DownAsync(CancellationToken cancellationToken = default);

    /// <summary>Looks at every node and at the balancer; a node that does not answer costs one second.</summary>
    public Task<ClusterStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Fails unless all nodes say that they are in one cluster, and the first of them sees the others in it.</summary>
    /// <exception cref="LabException">They are not, or the cluster is not up.</exception>
    public Task RequireOneClusterAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs <c>rabbitmqctl</c> on a node and returns what it said.</summary>
    public Task<CtlResult> CtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default);

    /// <summary>Runs <c>rabbitmqctl</c> on a node with this program's own input, output and error; returns its exit code.</summary>
    public Task<int> RunCtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default);

    /// <summary>Breaks a node; returns when the fault has taken effect.</summary>
    /// <exception cref="LabException">It has not, or the node is not in a state to suffer it. <see cref="HealNodeAsync"/> undoes what was begun.</exception>
    public Task InjectAsync(string node, NodeFault fault, CancellationToken cancellationToken = default);

    /// <summary>
    /// Undoes what was done to a node, also if it was cut short, and leaves the others as they are. Returns when the node is in one
    /// cluster with those that run and the balancer sees it. Does nothing to a node that is whole.
    /// </summary>
    /// <exception cref="LabException">The node cannot be healed alone; or the cluster is not up.</exception>
    public Task HealNodeAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>Closes every client's connection to a node and returns when they are closed; there may be none.</summary>
    /// <exception cref="LabException">Some are still open.</exception>
    public Task CloseConnectionsAsync(string node, CancellationToken cancellationToken = default);

    /// <summary>Deletes a queue of the virtual host <c>/</c> with all that is in it.</summary>
    /// <exception cref="LabException">There is no such queue, or no node that could be asked.</exception>
    public Task DeleteQueueAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>Ends the balancer and starts it again; returns when another process answers in its place.</summary>
    /// <exception cref="LabException">It does not run, or did not come back.</exception>
    public Task RestartBalancerAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the balancer by SIGKILL; returns when it is gone. No client can connect until <see cref="HealBalancerAsync"/>.</summary>
    /// <exception cref="LabException">It does not run, or did not end.</exception>
    public Task KillBalancerAsync(CancellationToken cancellationToken = default);

    /// <summary>Starts the balancer if it does not run; returns when it sees every node that runs.</summary>
    public Task HealBalancerAsync(CancellationToken cancellationToken = default);

    /// <summary>Undoes every fault and returns when the cluster is whole again, seen from the nodes and from the balancer.</summary>
    /// <exception cref="LabException">The cluster is not up, cannot be healed, or another command is just starting, ending or healing something of it.</exception>
    public Task HealAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>The node that leads a queue of the virtual host <c>/</c>, or that has it if it is a classic one; null if there is no such queue.</summary>
    /// <exception cref="LabException">There is no node that could be asked.</exception>
    public Task<string?> FindLeaderAsync(string queue, CancellationToken cancellationToken = default);

    /// <summary>The connections of all clients that have a name, on all nodes.</summary>
    /// <exception cref="LabException">There is no node that could be asked.</exception>
    public Task<IReadOnlyList<ClientConnection>> FindClientsAsync(CancellationToken cancellationToken = default);

    /// <summary>Name and version of the load balancer, such as <c>HAProxy 2.6.12-1+deb12u4</c>; null if it does not tell.</summary>
    public Task<string?> GetBalancerVersionAsync(CancellationToken cancellationToken = default);
}
