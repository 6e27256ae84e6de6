using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

internal static class ChannelExtensions
{
    /// <summary>Declares a durable queue. The type is its only argument, so that other programs can declare the same queue.</summary>
    public static Task<QueueDeclareOk> DeclareQueueAsync(this IChannel channel, string queue, QueueType type, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = type == QueueType.Quorum ? "quorum" : "classic" };
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
    }
}
