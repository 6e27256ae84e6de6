using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault of the cluster manager: of its settings, its power switch, or the storage that its hosts share.</summary>
/// <param name="name">As for <see cref="Fault"/>.</param>
/// <param name="help">As for <see cref="Fault"/>.</param>
/// <param name="expectation">As for <see cref="Fault"/>.</param>
/// <param name="aftermath">As for <see cref="Fault"/>.</param>
public abstract class ManagerFault(string name, string help, string expectation, string aftermath) : Fault(name, help, expectation, aftermath)
{
    private const string Broker = "beam.smp";

    /// <inheritdoc/>
    public sealed override FaultTarget Target => FaultTarget.Manager;

    /// <inheritdoc/>
    public sealed override bool HasToBeNamed => true;

    /// <inheritdoc/>
    public sealed override string? FindObstacle(Topology topology) => ObstacleIn(topology);

    /// <summary>Why a topology cannot suffer a fault that needs a cluster manager; null if it can.</summary>
    internal static string? ObstacleIn(Topology topology) => topology.IsManaged ? null : "there is no cluster manager";

    /// <summary>The state of no part shows the fault.</summary>
    protected internal sealed override bool StaysMarked(LabCluster lab) => true;

    /// <inheritdoc/>
    protected override async Task<string> SeeAsync(FaultScene scene, CancellationToken cancellationToken) =>
        string.Join(' ', (await scene.Lab.FindManagerAsync(cancellationToken))!.Problems).TrimEnd('.') is { Length: > 0 } problems
            ? problems
            : "the cluster manager sees nothing wrong";

    /// <summary>Does something to the broker's data on the shared storage while the broker stands still, and then ends the broker.</summary>
    private protected static async Task ChangeDataAsync(FaultScene scene, string command, CancellationToken cancellationToken)
    {
        var active = await scene.Lab.FindActiveAsync(cancellationToken) ?? throw new LabException("The broker runs on no host. Run ./lab heal first.");
        _ = await scene.Lab.ShellOrFailAsync(
            active,
            $"cd {ManagerCommands.Data} && pkill -STOP {Broker} || exit 1; {{ {command}; }} && done=0 || done=1; pkill -KILL {Broker}; exit $done",
            cancellationToken);
    }
}
