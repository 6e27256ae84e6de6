using ClusterTest.Reconnect;

namespace BenchClient.Publishing;

/// <summary>This project's producer, as it is when nothing is set.</summary>
internal sealed class OurProducer : IWorker
{
    private ClusterProducer? _producer;

    public long Done => _producer?.Statistics.Confirmed ?? 0;

    public async Task RunAsync(Target target, CancellationToken stop)
    {
        var body = new byte[target.Size];
        await using var producer = ClusterProducer.Start(new ProducerOptions
        {
            Cluster = new ClusterOptions { Endpoints = [new ClusterEndpoint(target.Host, target.Port)], Topology = Topology.Named(target.Queue) },
            Window = target.Window,
        });
        _producer = producer;
        try
        {
            while (true)
            {
                await producer.WaitToPublishAsync(stop);
                _ = producer.PublishAsync(new OutgoingMessage { Body = body }, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Measured.
        }
    }
}
