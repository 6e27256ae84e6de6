using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault of the load balancer.</summary>
/// <param name="name">As for <see cref="Fault"/>.</param>
/// <param name="help">As for <see cref="Fault"/>.</param>
/// <param name="expectation">As for <see cref="Fault"/>.</param>
/// <param name="aftermath">As for <see cref="Fault"/>.</param>
public abstract class BalancerFault(string name, string help, string expectation, string aftermath) : Fault(name, help, expectation, aftermath)
{
    /// <inheritdoc/>
    public sealed override FaultTarget Target => FaultTarget.Balancer;

    /// <inheritdoc/>
    public sealed override string? FindObstacle(Topology topology) => topology.HasBalancer ? null : "there is no balancer";

    /// <inheritdoc/>
    protected sealed override async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Down ? "the balancer is down" : "the balancer has a process";
}
