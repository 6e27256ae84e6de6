using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The broker is started with another node name: RabbitMQ begins an empty database beside the old one, and reports no error. Clients declare everything anew
/// and go on, without the messages that are in the old one.
/// </summary>
public sealed class WrongName() : ManagerFault(
    "wrong-name",
    help: "Start the broker with another node name: it begins empty, without an error, beside its data.",
    expectation: "a broker with other data than the lab's answers",
    aftermath: "it runs a broker with another node name, which is empty. ./lab heal starts it with its own name.")
{
    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        scene.Lab.ShellOrFailAsync(ManagerCommands.Naming("other@shared"), cancellationToken);

    /// <inheritdoc/>
    protected override Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.ServesOtherDataAsync(cancellationToken);
}
