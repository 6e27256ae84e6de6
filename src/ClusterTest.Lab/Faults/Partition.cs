using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The node and the other nodes do not see each other. On the native engine the node's clients stay connected, and the balancer sees the node as up; in
/// containers the node has no network at all. Not everything can survive a partition: the messages of a classic queue, for example, cannot.
/// </summary>
public sealed class Partition() : Fault(
    "partition",
    help: "Cut the node off from the other nodes. Native: its clients stay connected, and the balancer sees it as up; "
        + "compose: it is cut off from the balancer, too.",
    expectation: "the node and the other nodes do not see each other",
    aftermath: "cut off from the other nodes; a cluster manager ends it. ./lab heal starts it again, together with the others.")
{
    /// <inheritdoc/>
    public override bool HasToBeNamed => true;

    /// <inheritdoc/>
    public override string? FindObstacle(Topology topology) =>
        topology.Groups.Any(static group => group.Count > 1) ? null : "no node has another node to be cut off from";

    /// <summary>A host that stands by can be cut off, too.</summary>
    protected internal override bool Suffers(NodeState state) => state is NodeState.Running or NodeState.Standby;

    /// <inheritdoc/>
    protected internal override bool StaysMarked(LabCluster lab) => lab.MarksPartitions;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.CutOffAsync(scene.Target, cancellationToken);

    /// <summary>A cluster manager may have ended the node already.</summary>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is var state
        && (state is NodeState.CutOff || (state is NodeState.Down && scene.Lab.Topology.IsManaged));
}
