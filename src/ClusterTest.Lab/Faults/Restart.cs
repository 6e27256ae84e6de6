using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>The node ends in order, by SIGTERM, and starts again. It is whole afterwards; the balancer needs a moment more to see that.</summary>
public sealed class Restart : Fault
{
    /// <inheritdoc/>
    public override string Name => "restart";

    /// <inheritdoc/>
    public override string Help => "End the node in order (SIGTERM) and start it again, as for an upgrade; its clients are told.";

    /// <inheritdoc/>
    public override string Expectation => "it ended and answers again";

    /// <inheritdoc/>
    public override string Aftermath => "restarted.";

    /// <inheritdoc/>
    protected override async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await scene.Lab.TerminateAsync(scene.Target, cancellationToken);
        await scene.Lab.StartNodeAsync(scene.Target, progress: null, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Running;
}
