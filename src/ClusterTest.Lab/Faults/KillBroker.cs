using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>SIGKILL to the broker alone, on a host that lives on. The cluster manager finds out at its next look, and starts the broker there again.</summary>
public sealed class KillBroker() : Fault(
    "kill-broker",
    help: "Kill the broker alone (SIGKILL) on a host under a cluster manager, which starts it again.",
    expectation: "the broker's process is gone",
    aftermath: "its broker was killed. The cluster manager starts it again.")
{
    /// <inheritdoc/>
    public override string? FindObstacle(Topology topology) => ManagerFault.ObstacleIn(topology);

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Lab.ShellOrFailAsync(scene.Target, "pkill -KILL beam.smp", cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.LookAsync(cancellationToken) is not NodeState.Running;
}
