using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Consuming;
using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect;

/// <summary>
/// Consumes from a queue of a cluster, also while nodes fail: the consumer reconnects, declares exchange, queue and binding again, and
/// continues. The handler gets every message at least once.
/// </summary>
/// <example>
/// <code>
/// await using var consumer = ClusterConsumer.Start(options, (delivery, cancellationToken) => ValueTask.FromResult(DeliveryResult.Ack));
/// await consumer.Completion;
/// </code>
/// </example>
public sealed class ClusterConsumer : IAsyncDisposable
{
    private readonly ConsumerOptions _options;
    private readonly ConsumerCounters _counters = new();
    private readonly ParkingLot _parkingLot;
    private readonly SessionGroup _sessions;

    private ClusterConsumer(ConsumerOptions options, Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler)
    {
        _options = options;
        _parkingLot = new ParkingLot(options);
        _sessions = new SessionGroup(
            options.Cluster,
            new GuardedLogger(options.Cluster.LoggerFactory.CreateLogger<ClusterConsumer>()),
            (context, link, number, token) => ConsumerGeneration.StartAsync(context, link, number, options, handler, _counters, _parkingLot, token));
    }

    /// <summary>
    /// Gets a task that completes when the consumer has stopped. The task fails with a <see cref="ClusterException"/> when the consumer had to
    /// give up.
    /// </summary>
    public Task Completion => _sessions.Completion;

    /// <summary>Gets the counts since the start.</summary>
    public ConsumerStatistics Statistics => _counters.Snapshot();

    /// <summary>
    /// Starts consuming. This method returns before the consumer is connected. A first attempt to connect that fails is retried like any other.
    /// </summary>
    /// <param name="options">The cluster, the queue, and how to consume.</param>
    /// <param name="handler">
    /// Called for each message, one message at a time in each session. If the handler throws, its message is parked, unless the handler was asked
    /// to stop (<see cref="Delivery.Stopping"/>) and throws <see cref="OperationCanceledException"/>. The token is cancelled when the connection or
    /// channel of the message is gone: the handler's result has no effect any more. A handler that continues after that overlaps with the next
    /// calls.
    /// </param>
    /// <returns>The running consumer.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ClusterConsumer Start(ConsumerOptions options, Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> handler)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(handler);
        options.Validate();
        return Unattached.Start(() => new ClusterConsumer(options, handler));
    }

    /// <summary>
    /// Stops deliveries, lets handlers finish, sends their acks, and closes the connections. After <see cref="ClusterOptions.DrainTimeout"/> the
    /// connections are cut.
    /// </summary>
    /// <returns>A task that completes when the consumer has stopped. The task never fails.</returns>
    public async Task StopAsync()
    {
        await _sessions.StopAsync(_options.Cluster.DrainTimeout).ConfigureAwait(false);
        await _parkingLot.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops as <see cref="StopAsync"/> does and frees everything.</summary>
    /// <returns>A task that completes when all is done.</returns>
    public async ValueTask DisposeAsync()
    {
        await _sessions.DisposeAsync().ConfigureAwait(false);
        await _parkingLot.DisposeAsync().ConfigureAwait(false);
    }
}
