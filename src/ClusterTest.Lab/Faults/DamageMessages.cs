using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The broker's stored messages are overwritten with noise, as by a bad disk. What RabbitMQ makes of that depends on the type of the queue; it may well start,
/// and report no error. Only who counts the messages sees what is gone.
/// </summary>
public sealed class DamageMessages() : ManagerFault(
    "damage-messages",
    help: "Overwrite the broker's stored messages with noise, and end the broker. It may start again without an error, and without the messages.",
    expectation: "the broker serves again, or has failed to start",
    aftermath: "the messages that were stored are damaged, and nothing brings them back.")
{
    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        ChangeDataAsync(scene, ManagerCommands.Damage("msg_stores quorum"), cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        await scene.Lab.HasRestartedAsync(cancellationToken) || await scene.Lab.HasGivenUpAsync(cancellationToken);
}
