namespace ClusterTest.Lab.Faults;

/// <summary><c>rabbitmqctl stop_app</c>: the broker stops in order, its Erlang VM stays. Clients are told <c>CONNECTION_FORCED</c>.</summary>
public sealed class StopApp() : Fault(
    "stop-app",
    help: "Stop the broker in order (rabbitmqctl stop_app); its clients are told.",
    expectation: "its Erlang VM runs and has no AMQP listener",
    aftermath: $"the broker has stopped, its Erlang VM runs on. {HealStarts}")
{
    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.CtlAsync(["stop_app"], cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) => !await scene.IsListeningAsync(cancellationToken);
}
