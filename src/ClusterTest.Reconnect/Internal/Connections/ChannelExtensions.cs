using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

internal static class ChannelExtensions
{
    /// <summary>Declares a durable queue with no argument but its type, so that others can declare it too.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="type">Its type.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<QueueDeclareOk> DeclareQueueAsync(this IChannel channel, string queue, QueueType type, CancellationToken cancellationToken)
    {
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = type == QueueType.Quorum ? "quorum" : "classic" };
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
    }
}
