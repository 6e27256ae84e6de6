using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The broker's metadata are overwritten with noise, as by a bad disk: the broker starts on no host, since both read the same files. A cluster manager protects
/// from a dead host, and not from a bad disk.
/// </summary>
public sealed class DamageMetadata() : ManagerFault(
    "damage-metadata",
    help: "Overwrite the broker's metadata with noise, and end the broker: it starts on no host.",
    expectation: "the broker has failed to start",
    aftermath: "the broker's metadata are damaged, and it starts nowhere. ./lab heal brings a copy back.")
{
    /// <inheritdoc/>
    public override bool StopsEverybody => true;

    // Khepri's files in RabbitMQ 4, Mnesia's in RabbitMQ 3.
    private const string Metadata = "coordination schema.DAT *.DCD";

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        ChangeDataAsync(scene, $"{ManagerCommands.Keep(Metadata)} && {ManagerCommands.Damage($"{Metadata} -type f 2>/dev/null")}", cancellationToken);

    /// <inheritdoc/>
    protected override Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.HasGivenUpAsync(cancellationToken);
}
