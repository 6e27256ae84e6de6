using RabbitMQ.Client;

namespace BenchClient.Consuming;

/// <summary>
/// RabbitMQ.Client as an expert uses it when only speed counts: a consumer class of its own instead of events, and one ack for several messages.
/// </summary>
internal sealed class HandTunedConsumer(int acksEach) : IWorker
{
    private Consumer? _consumer;

    public long Done => _consumer?.Acked ?? 0;

    public async Task RunAsync(Target target, CancellationToken stop)
    {
        await using var connection = await target.ConnectAsync(stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
        await target.DeclareAsync(channel, stop);
        await channel.BasicQosAsync(0, target.Prefetch, global: false, stop);
        _consumer = new Consumer(channel, acksEach);
        await channel.BasicConsumeAsync(target.Queue, autoAck: false, _consumer, stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.CloseAsync(CancellationToken.None);
    }

    private sealed class Consumer(IChannel channel, int acksEach) : AsyncDefaultBasicConsumer(channel)
    {
        private long _acked;
        private int _open;

        public long Acked => Volatile.Read(ref _acked);

        public override Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default)
        {
            if (++_open < acksEach)
            {
                return Task.CompletedTask;
            }

            _open = 0;
            Volatile.Write(ref _acked, _acked + acksEach);
            return Channel.BasicAckAsync(deliveryTag, acksEach > 1, CancellationToken.None).AsTask();
        }
    }
}
