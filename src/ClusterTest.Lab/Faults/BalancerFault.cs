using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault of the load balancer.</summary>
public abstract class BalancerFault : Fault
{
    /// <inheritdoc/>
    public sealed override FaultTarget Target => FaultTarget.Balancer;

    /// <inheritdoc/>
    protected sealed override async Task<string> SeeAsync(FaultScene scene) =>
        await scene.LookAsync(CancellationToken.None) is NodeState.Down ? "it is down" : "it has a process";
}
