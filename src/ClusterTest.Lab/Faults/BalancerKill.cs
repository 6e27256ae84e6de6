using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>SIGKILL to the balancer. There is only one balancer, so no client can connect until it is healed.</summary>
public sealed class BalancerKill() : BalancerFault(
    "balancer-kill",
    help: "Kill the load balancer (SIGKILL); no client can connect until it is healed.",
    expectation: "no process of the balancer is left",
    aftermath: $"killed. No client can connect. {HealStarts}")
{
    /// <inheritdoc/>
    public override bool StopsEverybody => true;

    /// <inheritdoc/>
    public override bool HasToBeNamed => true;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.KillAsync(scene.Target, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Down;
}
