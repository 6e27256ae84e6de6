namespace ClusterTest.Lab.Faults;

/// <summary>The balancer ends by SIGTERM and starts again.</summary>
public sealed class BalancerRestart() : BalancerFault(
    "balancer-restart",
    help: "End the load balancer (SIGTERM) and start it again; all clients see their connections end.",
    expectation: "a new process of the balancer answers",
    aftermath: "restarted.")
{
    /// <inheritdoc/>
    public override bool IsOverWhenEffective => true;

    /// <inheritdoc/>
    protected override async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await scene.Lab.TerminateAsync(scene.Target, cancellationToken);
        await scene.Lab.StartBalancerAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.ReadStatisticsAsync(cancellationToken) is not null;
}
