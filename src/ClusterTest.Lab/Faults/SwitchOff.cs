using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>The power switch is dead: a host that dies now cannot be fenced, and so nothing may be started in its place.</summary>
public sealed class SwitchOff() : ManagerFault(
    "switch-off",
    help: "End the cluster manager's power switch: a dead host cannot be fenced, and nothing is started in its place.",
    expectation: "the power switch is down",
    aftermath: "its power switch is down. Clients notice nothing, until a host dies. ./lab heal starts the switch again.")
{
    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.KillAsync(Topology.Switch, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.IsDownAsync(Topology.Switch, cancellationToken);
}
