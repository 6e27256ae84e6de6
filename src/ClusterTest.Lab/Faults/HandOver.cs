using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// A node is taken out of service while it runs: the balancer moves its clients to the standby, and a Shovel carries there what is in its queues. This is what
/// one does to introduce a new version beside the old one.
/// </summary>
public sealed class HandOver() : Fault(
    "hand-over",
    help: "Move the node's clients and messages to the standby, as for a new version; healing moves them back.",
    expectation: "the balancer has drained the node, and the node has neither clients nor messages",
    aftermath: "handed over to the standby. ./lab heal moves the clients and messages back.")
{
    /// <inheritdoc/>
    public override bool HasToBeNamed => true;

    /// <inheritdoc/>
    public override string? FindObstacle(Topology topology) => topology.Standby is null ? "there is no standby to hand a node over to" : null;

    /// <summary>True: the balancer and the Shovels show it, and healing hands back. The node itself is not touched.</summary>
    protected override bool ShowsHowFarItGot => true;

    /// <inheritdoc/>
    protected override Task<string?> FindRefusalAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Lab.FindHandOverObstacleAsync(scene.Target, cancellationToken);

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.HandOverAsync(scene.Target, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.IsHandedOverAsync(scene.Target, cancellationToken) && await scene.Lab.FindRemainsAsync(scene.Target, cancellationToken) is null;

    /// <inheritdoc/>
    protected override async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.IsHandedOverAsync(scene.Target, cancellationToken)
            ? $"{scene.Target} is drained, and still has {await scene.Lab.FindRemainsAsync(scene.Target, cancellationToken) ?? "nothing"}"
            : $"{scene.Target} is not drained";
}
