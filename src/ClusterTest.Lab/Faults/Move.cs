using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>The operator moves the broker, with its address, to the other host (<c>crm_resource --move</c>), as before work on the host.</summary>
public sealed class Move() : Fault(
    "move",
    help: "Move the broker and its address away from the host (crm_resource --move), as before work on it.",
    expectation: "the broker serves on another host",
    aftermath: "the broker has moved to the other host. ./lab heal allows it back.")
{
    /// <inheritdoc/>
    public override string? FindObstacle(Topology topology) => ManagerFault.ObstacleIn(topology);

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Lab.ShellOrFailAsync(scene.Target, $"crm_resource --resource {PacemakerReport.Service} --move --node {OtherThan(scene)}", cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.AskManagerAsync(cancellationToken) is { Serves: true } report && report.HostOf(PacemakerReport.Broker) != scene.Target;

    /// <inheritdoc/>
    protected override async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        $"the broker is on {(await scene.Lab.FindManagerAsync(cancellationToken))!.Broker ?? "no host"}";

    private static string OtherThan(FaultScene scene) => scene.Lab.Topology.PeersOf(scene.Target)[0].Name;
}
