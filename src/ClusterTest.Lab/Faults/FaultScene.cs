using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>The lab and the target of one fault, from the fault's beginning until it has taken effect.</summary>
/// <param name="lab">The lab.</param>
/// <param name="target">The name of the node or of the queue; for the balancer, its role.</param>
public sealed class FaultScene(LabCluster lab, string target)
{
    /// <summary>The lab.</summary>
    public LabCluster Lab => lab;

    /// <summary>The name of the node or of the queue; for the balancer, its role.</summary>
    public string Target => target;

    /// <summary>The client ends of the connections that the node had before the fault, for a fault that counts how many are left.</summary>
    internal IReadOnlySet<string> Peers { get; set; } = new HashSet<string>();

    /// <summary>The state of the node; for the balancer, running or down.</summary>
    public Task<NodeState> LookAsync(CancellationToken cancellationToken) => lab.StateOfAsync(target, cancellationToken);

    /// <summary>Whether something listens at the node's address for clients.</summary>
    public async Task<bool> IsListeningAsync(CancellationToken cancellationToken) =>
        await lab.IsListeningAsync(await lab.FindAddressAsync(target, cancellationToken), cancellationToken);

    /// <summary>Runs rabbitmqctl on the node.</summary>
    /// <exception cref="LabException">rabbitmqctl did not end with exit code 0.</exception>
    public Task CtlAsync(string[] arguments, CancellationToken cancellationToken) => lab.CtlOrFailAsync(target, arguments, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    public Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken) => lab.UntilAsync(condition, cancellationToken);
}
