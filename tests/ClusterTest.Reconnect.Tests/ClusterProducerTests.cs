using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class ClusterProducerTests : BrokerTest
{
    [Fact]
    public async Task Confirms_what_was_published_before_it_was_connected()
    {
        Broker.StopListening();
        var producer = Produce();
        var publishing = producer.PublishAsync(Message("a"), Token);
        await Events.WaitForAsync(change => change.To == Recovering);
        Broker.StartListening();
        Assert.True((await publishing).IsConfirmed);
    }

    [Fact]
    public async Task Waits_for_what_is_under_way_when_it_is_stopped()
    {
        var withheld = Broker.WithholdConfirms();
        var producer = Produce();
        var publishes = Enumerable.Range(0, 5).Select(i => producer.PublishAsync(Message($"{i}"), Token)).ToList();
        await Broker.ReceivedAsync<BasicPublish>(count: 5);
        var stopping = producer.StopAsync();
        Assert.False(stopping.IsCompleted);
        withheld.Remove();
        Broker.Unconfirmed[^1].Confirm(multiple: true);
        Assert.Empty(await stopping);
        Assert.All(await Task.WhenAll(publishes), result => Assert.True(result.IsConfirmed));
        await Broker.ReceivedAsync<ConnectionClose>();
    }

    [Fact]
    public async Task Needs_one_channel_from_start_to_stop_which_ends_with_its_connection()
    {
        var producer = Produce();
        Assert.True((await producer.PublishAsync(Message("a"), Token)).IsConfirmed);
        await producer.StopAsync();
        await Broker.ReceivedAsync<ConnectionClose>();
        Assert.Single(Broker.Received.OfType<ChannelOpen>());
        Assert.Empty(Broker.Received.OfType<ChannelClose>());
    }

    [Fact]
    public async Task Stops_in_time_when_the_broker_is_frozen_and_lists_what_is_unconfirmed()
    {
        // Field lesson 18: close and dispose deadlock (rabbitmq-dotnet-client#1751, #1759, #1825, #1968).
        var cluster = Cluster with { DrainTimeout = TimeSpan.FromMilliseconds(500) };
        var producer = Produce(new ProducerOptions { Cluster = cluster, Window = 3 });
        await OpenAsync();
        Broker.Freeze();
        var publishes = Enumerable.Range(0, 5).Select(i => producer.PublishAsync(Message($"{i}"), Token)).ToList();
        var unconfirmed = await producer.StopAsync().WaitAsync(cluster.DrainTimeout + StopBound, Token);
        Assert.Equal(["0", "1", "2", "3", "4"], unconfirmed);
        Assert.DoesNotContain(await Task.WhenAll(publishes), result => result.IsConfirmed);
        await producer.DisposeAsync().AsTask().WaitAsync(StopBound, Token);
        Assert.Equal([Open, Closing, Closed], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Takes_nothing_more_once_it_was_stopped()
    {
        var producer = Produce();
        await producer.StopAsync();
        Assert.Throws<ObjectDisposedException>(() => { _ = producer.PublishAsync(Message("a"), Token); });
        await producer.WaitToPublishAsync(Token);
    }

    [Fact]
    public async Task Is_not_started_by_a_token_that_is_cancelled_already()
    {
        var producer = Produce();
        var publishing = producer.PublishAsync(Message("a"), new CancellationToken(canceled: true));
        Assert.True(publishing.IsCanceled);
        Assert.Equal(0, producer.Statistics.Accepted);
        await OpenAsync();
    }

    [Fact]
    public async Task Refuses_a_message_that_cannot_be_written_and_keeps_its_connection()
    {
        var producer = Produce();
        await OpenAsync();
        foreach (var message in new[]
        {
            Message(new('x', 256)),
            Message("a") with { ContentType = new('ä', 128) },
            Message("a") with { Headers = new Dictionary<string, object?> { ["k"] = new Uri("amqp://h") } },
            Message("a") with { Headers = new Dictionary<string, object?> { ["k"] = new Dictionary<string, object?> { ["n"] = new object() } } },
            Message("a") with { Headers = new Dictionary<string, object?> { [new('k', 256)] = 1 } },
        })
        {
            Assert.ThrowsAny<ArgumentException>(() => { _ = producer.PublishAsync(message, Token); });
        }

        Assert.True((await producer.PublishAsync(Message(new('x', 255)), Token)).IsConfirmed);
        Assert.Equal((1, 1L), (Broker.Connections.Count, producer.Statistics.Accepted));
    }

    [Fact]
    public async Task Publishes_again_after_every_kind_of_loss_and_loses_nothing()
    {
        const int count = 600;
        var producer = Produce(new ProducerOptions { Cluster = Cluster, Window = 32 });
        List<Task<PublishResult>> publishes = [];
        for (var i = 0; i < count; i++)
        {
            await producer.WaitToPublishAsync(Token);
            publishes.Add(producer.PublishAsync(Message($"{i}"), Token));
            if (i % 50 == 49)
            {
                await Lose(i / 50);
            }
        }

        Assert.All(await Task.WhenAll(publishes), result => Assert.True(result.IsConfirmed));

        // In order, but for repetitions: each message's first copy comes after its predecessor's.
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), Broker.Queue(Name).Ready.Select(message => message.Text).Distinct());
        Assert.Equal(count, producer.Statistics.Confirmed);
        Assert.InRange(Broker.MaxUnconfirmed, 1, 32);

        async Task Lose(int kind)
        {
            var open = await Broker.OpenConnectionsAsync(1);
            switch (kind % 4)
            {
                case 0:
                    open[0].Reset();
                    break;
                case 1:
                    open[0].Disconnect();
                    break;
                case 2:
                    open[0].Close(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
                    break;
                default:
                    Broker.Kill();
                    Broker.StartListening();
                    break;
            }
        }
    }
}
