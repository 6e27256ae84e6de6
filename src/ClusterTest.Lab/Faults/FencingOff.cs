using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The cluster manager does not fence: a host that is only out of sight goes on, while the other starts a second broker on the same data. It is the control for
/// every other fault here.
/// </summary>
public sealed class FencingOff() : ManagerFault(
    "fencing-off",
    help: "Turn the cluster manager's fencing off: a host that only is out of sight is not ended, and two brokers may run on the same data.",
    expectation: "the cluster manager says that fencing is off",
    aftermath: "its fencing is off. Clients notice nothing, until a host is out of sight. ./lab heal turns fencing on again.")
{
    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Lab.ShellOrFailAsync(ManagerCommands.Fencing(isOn: false), cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.AskManagerAsync(cancellationToken) is { IsFencing: false };
}
