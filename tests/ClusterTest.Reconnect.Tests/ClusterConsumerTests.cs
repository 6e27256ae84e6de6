using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class ClusterConsumerTests : BrokerTest
{
    [Fact]
    public async Task Hands_over_acks_and_counts()
    {
        Broker.Enqueue(Name + "x", "another queue's");
        var consumer = Consume();
        await OpenAsync();
        foreach (var text in new[] { "a", "b", "c" })
        {
            Broker.Enqueue(Name, text);
        }

        Assert.Equal(["a", "b", "c"], await AckedAsync(3));
        Assert.Equal(["a", "b", "c"], Handled.Items);
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(3, 3, 0, 0, 0));
    }

    [Fact]
    public async Task Asks_for_no_more_than_the_prefetch_under_its_own_tag()
    {
        using var gate = new SemaphoreSlim(0);
        Consume(
            async (_, token) =>
            {
                await gate.WaitAsync(token);
                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Cluster, Prefetch = 3, ConsumerTag = "tag" });
        await OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            Broker.Enqueue(Name, $"{i}");
        }

        await Eventually.TrueAsync(() => Handled.Items.Count == 1);
        Assert.Equal((3, 7), (Broker.Queue(Name).Unacknowledged.Count, Broker.Queue(Name).Ready.Count));
        Assert.Equal(["tag"], Broker.Queue(Name).ConsumerTags);
        gate.Release(10);
        Assert.Equal(10, (await AckedAsync(10)).Count);
    }

    [Fact]
    public async Task Puts_a_message_back_to_be_delivered_again()
    {
        var attempts = 0;
        var redelivered = new Recorder<bool>();
        var consumer = Consume(delivery =>
        {
            redelivered.Add(delivery.Redelivered);
            return new(++attempts < 3 ? DeliveryResult.Retry : DeliveryResult.Ack);
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        Assert.Equal([false, true, true], redelivered.Items);
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(3, 1, 2, 0, 0));
        Assert.All(Broker.Received.OfType<BasicNack>(), nack => Assert.Equal((true, false), (nack.Requeue, nack.Multiple)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Lets_the_handler_finish_and_sends_its_ack_before_it_stops(bool handlerIsSynchronous)
    {
        using var entered = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        var consumer = Consume(
            (_, _) =>
            {
                entered.Release();
                if (!handlerIsSynchronous)
                {
                    return AckAfterAsync(gate);
                }

                gate.AvailableWaitHandle.WaitOne();
                return new(DeliveryResult.Ack);
            },
            new ConsumerOptions { Cluster = Cluster with { DrainTimeout = TimeSpan.FromSeconds(10) } });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        Broker.Enqueue(Name, "b");
        await entered.WaitAsync(Token);
        var stopping = consumer.StopAsync();
        await Broker.ReceivedAsync<BasicCancel>();
        gate.Release(2);
        await stopping.WaitAsync(Token);
        Assert.Equal(["a"], Broker.Queue(Name).Acknowledged.Select(message => message.Text));
        Assert.Equal(["a"], Handled.Items);
        Assert.Equal(new ConsumerStatistics(1, 1, 0, 0, 0), consumer.Statistics);
        await Broker.WaitForAsync(broker => broker.Queue(Name).Ready.Count == 1);
    }

    [Fact]
    public async Task Gives_up_a_handler_that_outlasts_the_drain_deadline()
    {
        using var gate = new SemaphoreSlim(0);
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = Consume(
            async (_, token) =>
            {
                await using var registration = token.Register(cancelled.SetResult);
                await gate.WaitAsync(Token);
                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Cluster with { DrainTimeout = TimeSpan.FromMilliseconds(200) } });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        await consumer.StopAsync().WaitAsync(StopBound, Token);
        await cancelled.Task.WaitAsync(Token);
        gate.Release();
        await Eventually.TrueAsync(() => consumer.Statistics.StaleAcks == 1);
        Assert.Empty(Broker.Queue(Name).Acknowledged);
    }

    [Fact]
    public async Task Stops_from_within_its_handler()
    {
        ClusterConsumer? consumer = null;
        Task? stopping = null;
        consumer = Consume(_ =>
        {
            stopping = consumer!.StopAsync();
            return new(DeliveryResult.Ack);
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await consumer.Completion.WaitAsync(Token);
        await stopping!;
        Assert.Equal(["a"], await AckedAsync(1));
    }

    [Fact]
    [Trait("takes", "long")]
    public async Task Survives_a_long_series_of_losses_without_losing_a_message()
    {
        const int losses = 30;
        var consumer = Consume();
        for (var i = 1; i <= losses; i++)
        {
            await OpenAsync(i);
            for (var n = 0; n < 5; n++)
            {
                Broker.Enqueue(Name, $"{i}.{n}");
            }

            switch (i % 3)
            {
                case 0:
                    Broker.OpenConnections[0].Reset();
                    break;
                case 1:
                    Broker.OpenConnections[0].Disconnect();
                    break;
                default:
                    Broker.CancelConsumers(Name);
                    break;
            }
        }

        var acked = await AckedAsync(losses * 5);
        Assert.Equal(losses * 5, acked.Distinct().Count());
        Assert.All(Events.Items.Where(change => change.To == Recovering), lost => Assert.Equal(Open, lost.From));
        Assert.Single(Broker.OpenConnections);
        Assert.Single(Broker.Queue(Name).ConsumerTags);
        Assert.DoesNotContain(Broker.Received, method => method is ChannelCloseOk); // never a 406
        Assert.True(consumer.Statistics.Received >= losses * 5);
    }

    private static async ValueTask<DeliveryResult> AckAfterAsync(SemaphoreSlim gate)
    {
        await gate.WaitAsync(Token);
        return DeliveryResult.Ack;
    }
}
