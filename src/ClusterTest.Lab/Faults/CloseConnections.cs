using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Faults;

/// <summary><c>rabbitmqctl close_all_connections</c>: the node tells the clients, and they may connect again at once. The node may have no client.</summary>
public sealed class CloseConnections() : Fault(
    "close-connections",
    help: "Close the connections of all clients on the node (rabbitmqctl close_all_connections); the clients are told, and the node runs on.",
    expectation: "none of the connections that the node had is open",
    aftermath: "all connections were closed.")
{
    /// <inheritdoc/>
    protected override bool IsOverAtOnce => true;

    /// <inheritdoc/>
    protected override async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        scene.Peers = await scene.Lab.FindPeersAsync(scene.Target, cancellationToken);

        // --global means all virtual hosts of this one node.
        await scene.Lab.CloseConnectionsOrFailAsync(BrokerTool.Ctl, scene.Target, ["close_all_connections", "--global", "drill"], cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await CountLeftAsync(scene, cancellationToken) is 0;

    /// <inheritdoc/>
    protected override async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        $"{await CountLeftAsync(scene, cancellationToken)} of {scene.Peers.Count} are open";

    private static async Task<int> CountLeftAsync(FaultScene scene, CancellationToken cancellationToken) =>
        (await scene.Lab.FindPeersAsync(scene.Target, cancellationToken)).Count(scene.Peers.Contains);
}
