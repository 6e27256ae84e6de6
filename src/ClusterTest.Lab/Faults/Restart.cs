using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>The node ends in order, by SIGTERM, and starts again. The node is whole then; the balancer sees it as up a moment later.</summary>
public sealed class Restart() : Fault(
    "restart",
    help: "End the node in order (SIGTERM) and start it again, as for an upgrade; its clients are told.",
    expectation: "the node has ended and answers again",
    aftermath: "restarted.")
{
    /// <inheritdoc/>
    public override bool IsOverWhenEffective => true;

    /// <inheritdoc/>
    protected override async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        await scene.Lab.TerminateAsync(scene.Target, cancellationToken);
        await scene.Lab.StartNodeAsync(scene.Target, progress: null, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Running or NodeState.Standby;
}
