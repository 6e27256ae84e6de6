namespace ClusterTest.Lab.Faults;

/// <summary><c>rabbitmqctl stop_app</c>: RabbitMQ stops in order, and its Erlang VM runs on. Clients are told <c>CONNECTION_FORCED</c>.</summary>
public sealed class StopApp() : Fault(
    "stop-app",
    help: "Stop RabbitMQ on the node in order (rabbitmqctl stop_app); its clients are told.",
    expectation: "the node's Erlang VM runs and has no AMQP listener",
    aftermath: $"RabbitMQ has stopped, its Erlang VM runs on. {HealStarts}")
{
    /// <inheritdoc/>
    protected override Task BreakAsync(FaultScene scene, CancellationToken cancellationToken) => scene.CtlAsync(["stop_app"], cancellationToken);

    /// <inheritdoc/>
    protected override async Task<bool> IsEffectiveAsync(FaultScene scene, CancellationToken cancellationToken) =>
        !await scene.IsListeningAsync(cancellationToken);
}
