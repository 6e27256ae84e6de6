using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary><c>rabbitmq-upgrade drain</c>: the node closes its listeners and connections and hands its queues' leadership over, but runs on.</summary>
public sealed class Drain() : Fault(
    "drain",
    help: "Put the node under maintenance (rabbitmq-upgrade drain); its clients are told, and other nodes lead its queues.",
    expectation: "the node has no AMQP listener and says that it is under maintenance",
    aftermath: "under maintenance. The node takes no clients and leads no queues. ./lab heal revives it.")
{
    /// <inheritdoc/>
    public override string? FindObstacle(Topology topology) =>
        topology.IsManaged ? "the cluster manager would restart a broker that takes no clients" : null;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Lab.CloseConnectionsOrFailAsync(BrokerTool.Upgrade, scene.Target, ["drain"], cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is NodeState.Drained;
}
