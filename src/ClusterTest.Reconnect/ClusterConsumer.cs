using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Consuming;
using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect;

/// <summary>
/// Consumes from a queue of a cluster and keeps doing so while nodes fail: it reconnects, redeclares exchange, queue and binding, and
/// goes on. Every message is handed to the handler at least once.
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

    /// <summary>Gets a task that completes when the consumer has stopped, and fails with a <see cref="ClusterException"/> when it had to give up.</summary>
    public Task Completion => _sessions.Completion;

    /// <summary>Gets the counts since the start.</summary>
    public ConsumerStatistics Statistics => _counters.Snapshot();

    /// <summary>Starts consuming. The first connect is retried like any other; nothing is connected yet when this returns.</summary>
    /// <param name="options">Where from and how.</param>
    /// <param name="handler">
    /// Called for each message, one at a time in each session. A message whose handler throws is parked, unless the handler was asked to stop
    /// (<see cref="Delivery.Stopping"/>) and ends with <see cref="OperationCanceledException"/>. The token is cancelled when it is too late: the
    /// connection or channel that the message came from is gone, and the result would not count any more. A handler that goes on nevertheless
    /// overlaps with the next calls.
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

    /// <summary>Stops deliveries, lets handlers finish and sends their acks, then closes; after <see cref="ClusterOptions.DrainTimeout"/> it cuts the connections.</summary>
    /// <returns>A task that completes when the consumer has stopped; it never fails.</returns>
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
