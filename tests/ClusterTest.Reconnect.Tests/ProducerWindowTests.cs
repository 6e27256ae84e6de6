using ClusterTest.Reconnect.Tests.Support;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>The window over several sessions and slow links, at full speed; and what a stall is.</summary>
public sealed class ProducerWindowTests : BrokerTest
{
    private static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Confirmed_grows_in_every_slot_while_one_of_two_sessions_is_frozen()
    {
        // Field lesson 32: one frozen session took the whole window, and nothing was published until that was detected.
        var producer = Produce(Cluster with { Sessions = 2, StallTimeout = TimeSpan.FromSeconds(30) });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        using var enough = new CancellationTokenSource();
        var flood = FloodAsync(producer, enough.Token);
        await Eventually.TrueAsync(() => producer.Statistics.Confirmed > 5000);
        var before = producer.Statistics.Confirmed;
        await Task.Delay(2 * Slot, TimeProvider.System, Token);
        before = (producer.Statistics.Confirmed - before) / 2;
        Broker.Connections[0].Freeze();
        List<long> confirmed = [producer.Statistics.Confirmed];
        for (var slot = 0; slot < 6; slot++)
        {
            await Task.Delay(Slot, TimeProvider.System, Token);
            confirmed.Add(producer.Statistics.Confirmed);
        }

        await enough.CancelAsync();
        await flood;
        Assert.All(confirmed.Zip(confirmed.Skip(1)), slot => Assert.True(slot.Second > slot.First, string.Join(' ', confirmed)));
        Assert.True(confirmed[^1] - confirmed[0] > (confirmed.Count - 1) * before / 4, $"{before} a slot before, then {string.Join(' ', confirmed)}");
        Assert.DoesNotContain(Events.Items, change => change.To == Recovering);
        Broker.Thaw();
    }

    // At full speed messages are held back for those behind them; of the last ones nobody knows that they are the last.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_loop_at_full_speed_may_stop_at_any_message(int sessions)
    {
        var producer = Produce(Cluster with { Sessions = sessions, StallTimeout = TimeSpan.FromSeconds(30) });
        await OpenAsync();
        await OpenAsync(session: sessions - 1);
        List<Task<PublishResult>> results = [];
        foreach (var count in new[] { 5000, 63, 1000, 64, 65, 1024, 2000 })
        {
            for (var i = 0; i < count; i++)
            {
                await producer.WaitToPublishAsync(Token);
                results.Add(producer.PublishAsync(Message($"{results.Count}"), Token));
            }

            var all = await Task.WhenAll(results).WaitAsync(StopBound, TimeProvider.System, Token);
            Assert.All(all, static result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        }

        Assert.Equal(results.Count, Published().Count);
        if (sessions == 1)
        {
            Assert.Equal(Enumerable.Range(0, results.Count).Select(static i => $"{i}"), Broker.Queue(Name).Ready.Select(static message => message.Text));
        }
    }

    [Fact]
    public async Task A_broker_that_confirms_slowly_but_steadily_is_not_cut()
    {
        // Field lesson 33: age was taken for a stall. One confirm every few milliseconds is progress.
        const int count = 400;
        Broker.WithholdConfirms();
        var producer = Produce(Cluster with { StallTimeout = TimeSpan.FromSeconds(1) });
        await OpenAsync();
        var results = Enumerable.Range(0, count).Select(i => producer.PublishAsync(Message($"{i}"), Token)).ToList();
        await Broker.ReceivedAsync<BasicPublish>(count: count);
        foreach (var publish in Broker.Received.OfType<BasicPublish>().Take(count).ToList())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Token);
            publish.Confirm();
        }

        Assert.All(await Task.WhenAll(results), result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        Assert.Equal(count, Published().Count);
        AssertConnectedOnce();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8000)]
    public async Task A_broker_that_confirms_nothing_more_is_cut(int size)
    {
        Broker.WithholdConfirms();
        var producer = Produce(Cluster with { StallTimeout = TimeSpan.FromSeconds(1) });
        await OpenAsync();

        // What is written meanwhile is no sign of life, whatever its size; slowly, since a full window would end it.
        using var enough = new CancellationTokenSource();
        var flood = FloodAsync(producer, enough.Token, size, TimeSpan.FromMilliseconds(50));
        var lost = await Events.WaitForAsync(change => change.To == Recovering);
        await enough.CancelAsync();
        Assert.Equal(FailureKind.Stalled, lost.Cause!.Kind);
        await producer.DisposeAsync();
        await flood;
    }

    [Theory]
    [InlineData(20, 1)]
    [InlineData(2, 16)]
    public async Task Large_messages_pass_over_a_slow_link_without_a_cut(int count, int megabytes)
    {
        // Field lesson 33: the client library takes 128 whole messages before the socket, and their age was taken for a stall.
        // The kernel holds up to 4 MB (tcp_wmem): a second of this link, in which nothing is seen to pass.
        await using var link = ThrottledRelay.Start(ScriptedBroker.Host, Broker.Port, bytesPerSecond: 4_000_000);
        var cluster = Cluster with
        {
            Endpoints = [new ClusterEndpoint(ScriptedBroker.Host, link.Port)],
            StallTimeout = TimeSpan.FromSeconds(3),
            DrainTimeout = TimeSpan.FromSeconds(1),
        };
        var producer = Produce(cluster);
        await OpenAsync();
        var body = new byte[megabytes * 1_000_000];
        var results = await Task.WhenAll(Enumerable.Range(0, count).Select(i => producer.PublishAsync(Message($"{i}") with { Body = body }, Token)));
        Assert.All(results, result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        Assert.DoesNotContain(Events.Items, change => change.To == Recovering);
        AssertConnectedOnce();
        await producer.DisposeAsync();
    }

    private static async Task FloodAsync(ClusterProducer producer, CancellationToken enough, int size = 1, TimeSpan pause = default)
    {
        var body = new byte[size];
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            try
            {
                await producer.WaitToPublishAsync(enough);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            _ = producer.PublishAsync(Message($"{i}") with { Body = body }, CancellationToken.None);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
