using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// SIGSTOP to every process of the node, or <c>docker pause</c>. Clients see nothing at all: the kernel still accepts connections and acknowledges data.
/// </summary>
public sealed class Freeze() : Fault(
    "freeze",
    help: "Freeze the node (SIGSTOP); its clients see nothing at all.",
    expectation: "all processes of the node are stopped",
    aftermath: "frozen. The node accepts connections and says nothing. ./lab heal lets it go on.")
{
    /// <summary>A node on which RabbitMQ is stopped has processes, too, and can be frozen.</summary>
    protected internal override bool Suffers(NodeState state) => state is not (NodeState.Down or NodeState.Frozen);

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.PauseAsync(scene.Target, cancellationToken);

    /// <summary>A cluster manager may have ended the frozen node already.</summary>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is var state
        && (state is NodeState.Frozen || (state is NodeState.Down && scene.Lab.Topology.IsManaged));
}
