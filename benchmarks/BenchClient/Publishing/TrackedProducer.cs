using RabbitMQ.Client;

namespace BenchClient.Publishing;

/// <summary>RabbitMQ.Client's own tracking of confirms, awaited in batches of half the window, as its tutorial has it.</summary>
internal sealed class TrackedProducer : IWorker
{
    private long _done;

    public long Done => Volatile.Read(ref _done);

    public async Task RunAsync(Target target, CancellationToken stop)
    {
        await using var connection = await target.ConnectAsync(stop);
        using var limiter = new ThrottlingRateLimiter(target.Window);
        var options = new CreateChannelOptions(true, true, limiter);
        await using var channel = await connection.CreateChannelAsync(options, stop);
        await target.DeclareAsync(channel, stop);
        var body = new byte[target.Size];
        var prefix = Guid.NewGuid().ToString("N");
        var batch = new List<ValueTask>(target.Window / 2);
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < target.Window / 2; i++)
            {
                var id = string.Concat(prefix, "-", (_done + i).ToString(System.Globalization.CultureInfo.InvariantCulture));
                var properties = new BasicProperties { Persistent = true, MessageId = id };
#pragma warning disable CA2012 // Each of them is awaited once.
                batch.Add(channel.BasicPublishAsync(target.Queue, target.Queue, mandatory: true, properties, body, CancellationToken.None));
#pragma warning restore CA2012
            }

            foreach (var publish in batch)
            {
                await publish;
            }

            Volatile.Write(ref _done, _done + batch.Count);
            batch.Clear();
        }

        await connection.CloseAsync(CancellationToken.None);
    }
}
