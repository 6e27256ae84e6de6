using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests.Hostile;

/// <summary>A producer that always has one message under way: it is confirmed when the broker said so, and not otherwise.</summary>
internal sealed class HostileProducerLane(int seed) : HostileLane(seed)
{
    private ClusterProducer? _producer;
    private Task _publishing = Task.CompletedTask;
    private volatile bool _isGood;
    private int _published;

    protected override Task StartClient()
    {
        _producer = ClusterProducer.Start(new ProducerOptions { Cluster = Cluster });
        return _producer.Completion;
    }

    protected override ValueTask StopClientAsync() => _producer!.DisposeAsync();

    protected override void Begin()
    {
        _isGood = false;
        _publishing = Task.Run(PublishAsync);
    }

    protected override void Feed()
    {
    }

    protected override async Task ProveWellAsync()
    {
        _isGood = true;
        await UntilAsync(() => _publishing.IsCompleted, "The producer gets nothing confirmed");
        await _publishing;
    }

    private async Task PublishAsync()
    {
        while (true)
        {
            var id = $"m-{++_published}";
            PublishResult result;
            try
            {
                var isGood = _isGood;
                result = await (_producer?.PublishAsync(new OutgoingMessage { Body = "x"u8.ToArray(), MessageId = id })
                    ?? Task.FromException<PublishResult>(new ObjectDisposedException("none yet")));
                if (result.IsConfirmed)
                {
                    Assert.True(WasConfirmed(id), $"{id} counts as confirmed, and no peer said so");
                    if (isGood)
                    {
                        return;
                    }
                }
            }
            catch (ObjectDisposedException)
            {
                await Task.Delay(Poll, TimeProvider.System); // It ended, and is being started anew.
            }
        }
    }

    // By a channel's numbering of its publishes; or by a peer that acked more than it had read.
    private bool WasConfirmed(string id)
    {
        var played = Played;
        return Broker.Connections.Zip(played).Any(pair =>
        {
            var publishes = pair.First.Received.OfType<BasicPublish>().ToList();
            var sequences = publishes.Where(publish => publish.MessageId == id).Select(publish => publish.SequenceNumber).ToList();
            return (sequences.Count > 0 ? sequences : [(ulong)publishes.Count + 1]).Any(sequence => FramedBytes.Confirms(pair.Second.Sent.Span, sequence));
        });
    }
}
