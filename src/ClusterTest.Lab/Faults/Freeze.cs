using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>SIGSTOP to every process of the node, or <c>docker pause</c>. Clients see nothing at all: the kernel still accepts and acknowledges.</summary>
public sealed class Freeze() : Fault(
    "freeze",
    help: "Freeze the node (SIGSTOP); its clients see nothing at all.",
    expectation: "all its processes are stopped",
    aftermath: "frozen. It accepts connections and says nothing. ./lab heal lets it go on.")
{
    /// <summary>What has no broker running can still be frozen.</summary>
    protected internal override bool Suffers(NodeState state) => state is not (NodeState.Down or NodeState.Frozen);

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.FreezeAsync(scene.Target, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Frozen;
}
