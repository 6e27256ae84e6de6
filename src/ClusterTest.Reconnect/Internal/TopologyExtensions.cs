using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

internal static class TopologyExtensions
{
    /// <summary>Declares everything, assuming nothing: the node that was reached may know none of it.</summary>
    public static async Task DeclareAsync(this Topology topology, IChannel channel, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(topology.Exchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.DeclareQueueAsync(topology.Queue, topology.QueueType, cancellationToken).ConfigureAwait(false);
        await channel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public static Task<QueueDeclareOk> DeclareQueueAsync(this IChannel channel, string queue, QueueType type, CancellationToken cancellationToken)
    {
        var arguments = type == QueueType.Quorum ? new Dictionary<string, object?> { ["x-queue-type"] = "quorum" } : null;
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
    }
}
