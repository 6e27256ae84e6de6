using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Moves messages to the parked queue, on a channel of its own that is opened when the first one comes. Parking is rare: the client
/// library's tracked confirms serve.
/// </summary>
internal sealed class ParkingLot(Link link, ConsumerOptions options)
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    // Headers must fit into one frame.
    private const int LongestReason = 1000;

    private IChannel? _channel;

    /// <summary>Publishes a copy and returns when the broker has confirmed it.</summary>
    public async Task ParkAsync(Delivery delivery, string reason, CancellationToken cancellationToken)
    {
        if (_channel is not { IsOpen: true })
        {
            _channel = await link.Connection.CreateChannelAsync(Confirmed, cancellationToken).ConfigureAwait(false);

            // Awaited: a publish that crosses the refusal would reach a channel that is closed, which costs the connection (504).
            await _channel.DeclareQueueAsync(options.ParkedQueueName, options.Cluster.Topology.QueueType, noWait: false, cancellationToken).ConfigureAwait(false);
        }

        var properties = new BasicProperties(delivery.Properties)
        {
            Persistent = true,
            Headers = new Dictionary<string, object?>(delivery.Headers ?? new Dictionary<string, object?>())
            {
                ["x-parked-reason"] = reason.Length <= LongestReason ? reason : reason[..LongestReason],
                ["x-parked-queue"] = options.Cluster.Topology.Queue,
                ["x-parked-exchange"] = delivery.Exchange,
                ["x-parked-routing-key"] = delivery.RoutingKey,
            },
        };

        // As in RabbitMQ's own dead-lettering: a copy neither expires nor goes to further queues.
        properties.ClearExpiration();
        properties.Headers.Remove("CC");
        properties.Headers.Remove("BCC");

        // The count is the old queue's: where the copy is put back, it starts over.
        properties.Headers.Remove(Delivery.DeliveryCountHeader);

        // RabbitMQ checks a user-id against the one that publishes now.
        properties.ClearUserId();
        await _channel.BasicPublishAsync(exchange: "", options.ParkedQueueName, mandatory: true, properties, delivery.Body, cancellationToken).ConfigureAwait(false);
    }

    public void Close(CleanUp cleanUp)
    {
        if (_channel is { IsOpen: true } channel && link.IsOpen)
        {
            cleanUp.Track(channel.AbortAsync());
        }
    }
}
