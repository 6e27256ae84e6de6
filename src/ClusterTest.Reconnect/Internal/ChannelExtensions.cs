using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

internal static class ChannelExtensions
{
    /// <summary>Declares a durable queue with no argument but its type, and none for a classic one, so that others can declare it too.</summary>
    public static Task<QueueDeclareOk> DeclareQueueAsync(this IChannel channel, string queue, QueueType type, bool noWait, CancellationToken cancellationToken)
    {
        var arguments = type == QueueType.Quorum ? new Dictionary<string, object?> { ["x-queue-type"] = "quorum" } : null;
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, noWait: noWait, cancellationToken: cancellationToken);
    }
}
