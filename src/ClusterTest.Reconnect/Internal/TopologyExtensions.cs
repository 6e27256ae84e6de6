using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

internal static class TopologyExtensions
{
    /// <summary>
    /// Declares everything, assuming nothing: the node that was reached may know none of it. Nothing is awaited but the last answer, which
    /// is worth them all: a channel's methods are executed in order, and one that fails closes the channel instead (AMQP 0-9-1, 1.4 and 4.7).
    /// </summary>
    /// <param name="topology">What to declare.</param>
    /// <param name="channel">A channel that is used for nothing else yet.</param>
    /// <param name="isFollowed">Whether the caller goes on with a method whose answer it awaits; then none of these is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task DeclareAsync(this Topology topology, IChannel channel, bool isFollowed, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(topology.Exchange, ExchangeType.Direct, durable: true, autoDelete: false, noWait: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.DeclareQueueAsync(topology.Queue, topology.QueueType, noWait: true, cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, noWait: isFollowed, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public static Task<QueueDeclareOk> DeclareQueueAsync(this IChannel channel, string queue, QueueType type, bool noWait, CancellationToken cancellationToken)
    {
        var arguments = type == QueueType.Quorum ? new Dictionary<string, object?> { ["x-queue-type"] = "quorum" } : null;
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, noWait: noWait, cancellationToken: cancellationToken);
    }
}
