using System.Globalization;
using ClusterTest.Events;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Clients;

/// <summary>RabbitMQ.Client with its own recovery, as it is by default; or with another interval than its 5 s.</summary>
internal static class PlainClient
{
    public static async Task RunAsync(string? interval, Task stopped)
    {
        var name = interval is null ? "RabbitMQ.Client" : $"RabbitMQ.Client, {interval} ms";
        Lines.Started(name, typeof(ConnectionFactory));
        var factory = new ConnectionFactory { Uri = new Uri(Lines.Setting("URI")), ClientProvidedName = Lines.Setting("CLIENT_NAME") };
        if (interval is not null)
        {
            factory.NetworkRecoveryInterval = TimeSpan.FromMilliseconds(int.Parse(interval, CultureInfo.InvariantCulture));
        }

        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        connection.ConnectionShutdownAsync += (_, reason) =>
            reason.Initiator is ShutdownInitiator.Application ? Task.CompletedTask : Lines.LostAsync(reason.ToString());
        connection.RecoverySucceededAsync += (_, _) => Lines.ReadyAsync();
        await ConsumeAsync(channel);
        await stopped;
    }

    /// <summary>Declares, and consumes on this channel.</summary>
    public static async Task ConsumeAsync(IChannel channel)
    {
        await DeclareAsync(channel);
        await channel.BasicQosAsync(0, 100, global: false);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            Lines.Message(MessageOrigin.Of(delivery.BasicProperties.Headers), delivery.Redelivered);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
        };
        _ = await channel.BasicConsumeAsync(Lines.Setting("QUEUE"), autoAck: false, consumer);
        await Lines.ReadyAsync();
    }

    /// <summary>Declares what the drill's producer publishes to.</summary>
    public static async Task DeclareAsync(IChannel channel)
    {
        var queue = Lines.Setting("QUEUE");
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = Lines.Setting("QUEUE_TYPE") };
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Direct, durable: true);
        _ = await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
        await channel.QueueBindAsync(queue, queue, queue);
    }
}
