using RabbitMQ.Client;

namespace BenchClient;

/// <summary>What a contender connects to, and how large its messages are.</summary>
/// <param name="Host">The broker's or the balancer's host.</param>
/// <param name="Port">Its port.</param>
/// <param name="Queue">The name of queue, exchange and routing key.</param>
/// <param name="Size">Bytes in a published body.</param>
/// <param name="Window">How many messages may be unconfirmed.</param>
/// <param name="Prefetch">How many messages may be unacked.</param>
internal sealed record Target(string Host, int Port, string Queue, int Size, int Window, ushort Prefetch)
{
    /// <summary>Connects with RabbitMQ.Client, as it is when nothing is set but what a benchmark needs.</summary>
    public Task<IConnection> ConnectAsync(CancellationToken cancellationToken) => new ConnectionFactory
    {
        HostName = Host,
        Port = Port,
        AutomaticRecoveryEnabled = false,
        MaxInboundMessageBodySize = 128 * 1024 * 1024,
    }.CreateConnectionAsync(cancellationToken);

    /// <summary>Declares the same as this project's library does.</summary>
    public async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(Queue, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken);
        var quorum = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, quorum, cancellationToken: cancellationToken);
        await channel.QueueBindAsync(Queue, Queue, Queue, cancellationToken: cancellationToken);
    }
}
