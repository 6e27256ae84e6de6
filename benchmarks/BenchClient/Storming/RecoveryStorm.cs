using RabbitMQ.Client;

namespace BenchClient.Storming;

/// <summary>RabbitMQ.Client's own recovery, a connection and a consumer each; at an interval, or at its default of 5 s.</summary>
internal sealed class RecoveryStorm(TimeSpan? interval) : IStorm
{
    private const int AtOnce = 20;

    private readonly List<IConnection> _connections = [];

    public Task StartAsync(Target target, int sessions, SessionCount count, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, sessions),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (_, cancellation) => await OpenAsync(target, count, cancellation));

    public async ValueTask DisposeAsync() => await Task.WhenAll(_connections.Select(static connection => connection.DisposeAsync().AsTask()));

    private async Task OpenAsync(Target target, SessionCount count, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { HostName = target.Host, Port = target.Port };
        factory.NetworkRecoveryInterval = interval ?? factory.NetworkRecoveryInterval;
        var connection = await factory.CreateConnectionAsync("storm", cancellationToken);
        lock (_connections)
        {
            _connections.Add(connection);
        }

        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await target.DeclareAsync(channel, cancellationToken);
        await channel.BasicQosAsync(0, target.Prefetch, global: false, cancellationToken);
        await channel.BasicConsumeAsync(target.Queue, autoAck: false, new AcksEach(channel), cancellationToken);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            if (reason.Initiator != ShutdownInitiator.Application)
            {
                count.Lost();
            }

            return Task.CompletedTask;
        };
        connection.RecoverySucceededAsync += (_, _) =>
        {
            count.Opened();
            return Task.CompletedTask;
        };
        count.Opened();
    }

    private sealed class AcksEach(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        public override Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default) => Channel.BasicAckAsync(deliveryTag, multiple: false, cancellationToken).AsTask();
    }
}
