using ClusterTest.Reconnect;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Benchmarks.Contenders;

/// <summary>What all contenders built directly on RabbitMQ.Client do once they are connected.</summary>
internal static class PlainClient
{
    public static async Task<IChannel> ConsumeAsync(IConnection connection, Topology topology, Action onMessage, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.ExchangeDeclareAsync(topology.Exchange, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken);
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(
            topology.Queue, durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: cancellationToken);
        await channel.BasicQosAsync(0, ConsumerOptions.DefaultPrefetch, global: false, cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            onMessage();
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false, CancellationToken.None);
        };
        await channel.BasicConsumeAsync(topology.Queue, autoAck: false, consumer, cancellationToken);
        return channel;
    }
}
