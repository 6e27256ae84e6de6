using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>Where a fault is done, from its beginning until it has taken effect.</summary>
/// <param name="lab">The lab.</param>
/// <param name="target">The name of the node or of the queue; for the balancer, its role.</param>
public sealed class FaultScene(LabCluster lab, string target)
{
    /// <summary>The lab.</summary>
    public LabCluster Lab => lab;

    /// <summary>The name of the node or of the queue; for the balancer, its role.</summary>
    public string Target => target;

    /// <summary>The other ends of the connections that clients had with the node, for a fault that counts what is left of them.</summary>
    internal IReadOnlySet<string> Peers { get; set; } = new HashSet<string>();

    /// <summary>How the node looks, or the balancer, which runs or is down.</summary>
    public Task<NodeState> LookAsync(CancellationToken cancellationToken) => lab.StateOfAsync(target, cancellationToken);

    /// <summary>Whether something listens where the node takes its clients.</summary>
    public async Task<bool> IsListeningAsync(CancellationToken cancellationToken) =>
        await lab.IsListeningAsync(await lab.FindAddressAsync(target, cancellationToken), cancellationToken);

    /// <summary>Runs rabbitmqctl on the node.</summary>
    /// <exception cref="LabException">It did not end with 0.</exception>
    public Task CtlAsync(string[] arguments, CancellationToken cancellationToken) => lab.CtlOrFailAsync(target, arguments, cancellationToken);

    /// <summary>Waits until something is so.</summary>
    public Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken) => lab.UntilAsync(condition, cancellationToken);
}
