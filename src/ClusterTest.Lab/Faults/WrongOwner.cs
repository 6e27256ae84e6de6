using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>
/// The data belong to another user, as when the user of RabbitMQ has different numbers on two hosts. The broker that runs goes on; the next one does not start,
/// on whichever host.
/// </summary>
public sealed class WrongOwner() : ManagerFault(
    "wrong-owner",
    help: "Give the broker's data to another user, and end the broker: it starts on no host.",
    expectation: "the broker has failed to start",
    aftermath: "the broker's data belong to another user, and it starts nowhere. ./lab heal gives them back.")
{
    /// <inheritdoc/>
    public override bool StopsEverybody => true;

    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) =>
        ChangeDataAsync(scene, $"chown -R nobody {ManagerCommands.Store}", cancellationToken);

    /// <inheritdoc/>
    protected override Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => scene.Lab.HasGivenUpAsync(cancellationToken);
}
