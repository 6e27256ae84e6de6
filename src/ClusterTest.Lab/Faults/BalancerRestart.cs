namespace ClusterTest.Lab.Faults;

/// <summary>The balancer ends by SIGTERM and starts again.</summary>
public sealed class BalancerRestart : BalancerFault
{
    /// <inheritdoc/>
    public override string Name => "balancer-restart";

    /// <inheritdoc/>
    public override string Help => "End the load balancer (SIGTERM) and start it again; all clients see their connections end.";

    /// <inheritdoc/>
    public override string Expectation => "another process answers in its place";

    /// <inheritdoc/>
    public override string Aftermath => "restarted.";

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
