using System.Collections.Concurrent;
using System.Text;
using Xunit;

namespace ClusterTest.Reconnect.Tests.Hostile;

/// <summary>A consumer: its handler is called with what was delivered, and with nothing else.</summary>
internal sealed class HostileConsumerLane(int seed) : HostileLane(seed)
{
    private readonly ConcurrentQueue<string> _handled = [];
    private ClusterConsumer? _consumer;
    private int _fed;

    protected override Task StartClient()
    {
        _consumer = ClusterConsumer.Start(new ConsumerOptions { Cluster = Cluster, ConsumerTag = "x" }, (delivery, _) =>
        {
            _handled.Enqueue(Encoding.UTF8.GetString(delivery.Body.Span));
            return ValueTask.FromResult(DeliveryResult.Ack);
        });
        return _consumer.Completion;
    }

    protected override ValueTask StopClientAsync() => _consumer!.DisposeAsync();

    protected override void Begin() => _handled.Clear();

    protected override void Feed() => Broker.Enqueue(Name, $"message {++_fed}");

    protected override async Task ProveWellAsync()
    {
        var last = $"last after {_fed}";
        Broker.Enqueue(Name, last);
        await UntilAsync(() => _handled.Contains(last), "The consumer does not receive");
        HashSet<string> delivered = [.. Played.SelectMany(played => FramedBytes.Deliveries(played.Sent.Span))];
        Assert.All(_handled, body => Assert.Contains(body, delivered));
    }
}
