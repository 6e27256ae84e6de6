using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The broker's stored messages are overwritten with noise, as by a bad disk. What RabbitMQ makes of that depends on the type of the queue; it may well start,
/// and report no error. Only somebody who counts the messages notices what is gone.
/// </summary>
public sealed class DamageMessages() : ManagerFault(
    "damage-messages",
    help: "Overwrite the broker's stored messages with noise, and end the broker. It may start again without an error, and without the messages.",
    expectation: "the broker serves again, or has failed to start",
    aftermath: "the messages that were stored are damaged, and nothing brings them back.")
{
    // A quorum queue's: a log whose first bytes are damaged keeps the broker from starting, which nobody overlooks.
    private const string Logs = "quorum -name '*.wal' -o -name '*.segment'";

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        ChangeDataAsync(scene, $"{ManagerCommands.Damage("msg_stores -type f")}; {ManagerCommands.Damage(Logs, spared: 1)}", cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.HasRestartedAsync(cancellationToken) || await scene.Lab.HasGivenUpAsync(cancellationToken);
}
