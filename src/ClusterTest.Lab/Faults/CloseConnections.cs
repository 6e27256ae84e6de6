using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Faults;

/// <summary><c>rabbitmqctl close_all_connections</c>: the clients are told, and come back as they like. There may be none.</summary>
public sealed class CloseConnections() : Fault(
    "close-connections",
    help: "Close the connections of all clients on the node (rabbitmqctl close_all_connections); they are told, and the node runs on.",
    expectation: "none of the connections that it had is open",
    aftermath: "all connections were closed.")
{
    /// <inheritdoc/>
    protected override bool IsOverAtOnce => true;

    /// <inheritdoc/>
    protected override async Task BreakAsync(FaultScene scene, CancellationToken cancellationToken)
    {
        scene.Peers = await scene.Lab.FindPeersAsync(scene.Target, cancellationToken);

        // What is called global means one node, all virtual hosts.
        await scene.Lab.CloseConnectionsOrFailAsync(BrokerTool.Ctl, scene.Target, ["close_all_connections", "--global", "drill"], cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => await CountLeftAsync(scene, cancellationToken) is 0;

    /// <inheritdoc/>
    protected override async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        $"{await CountLeftAsync(scene, cancellationToken)} of {scene.Peers.Count} are";

    private static async Task<int> CountLeftAsync(FaultScene scene, CancellationToken cancellationToken) =>
        (await scene.Lab.FindPeersAsync(scene.Target, cancellationToken)).Count(scene.Peers.Contains);
}
