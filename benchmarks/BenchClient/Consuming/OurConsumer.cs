using ClusterTest.Reconnect;

namespace BenchClient.Consuming;

/// <summary>This project's consumer; its handler does nothing.</summary>
internal sealed class OurConsumer : IWorker
{
    private ClusterConsumer? _consumer;

    public long Done => _consumer?.Statistics.Acked ?? 0;

    public async Task RunAsync(Target target, CancellationToken stop)
    {
        var options = new ConsumerOptions
        {
            Cluster = new ClusterOptions { Endpoints = [new ClusterEndpoint(target.Host, target.Port)], Topology = Topology.Named(target.Queue) },
            Prefetch = target.Prefetch,
        };
        await using var consumer = ClusterConsumer.Start(options, static (_, _) => ValueTask.FromResult(DeliveryResult.Ack));
        _consumer = consumer;
        await Task.WhenAny(consumer.Completion, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));
        if (consumer.Completion.IsCompleted)
        {
            await consumer.Completion;
        }
    }
}
