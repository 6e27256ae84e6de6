using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>SIGKILL to every process of the node. Clients see the end of the stream at once.</summary>
public sealed class Kill() : Fault(
    "kill",
    help: "Kill the node (SIGKILL); its clients see their connections end.",
    expectation: "no process of the node is left",
    aftermath: $"killed. {HealStarts}")
{
    /// <inheritdoc/>
    protected internal override bool Suffers(NodeState state) => state is not NodeState.Down;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.KillAsync(scene.Target, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Down;
}
