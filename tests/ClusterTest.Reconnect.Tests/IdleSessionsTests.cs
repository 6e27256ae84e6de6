using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>What the idle sessions of one consumer cost: one of them asks for all, as long as nothing is wrong.</summary>
public sealed class IdleSessionsTests : BrokerTest
{
    private const int Sessions = 3;

    private static readonly TimeSpan Interval = ConsumerOptions.DefaultIdleCheckInterval;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private ClusterOptions Several => Cluster with { TimeProvider = Clock, Sessions = Sessions };

    [Fact]
    public async Task One_session_asks_and_binds_for_all()
    {
        await OpenAllAsync();
        var bound = Bindings().Count;
        await PassAsync(8 * Interval, Step);

        Assert.InRange(Checks().Count, 6, 8);
        Assert.Single(Askers());
        Assert.InRange(Bindings().Count - bound, 5, 8);
    }

    [Fact]
    public async Task Each_session_asks_for_itself_now_and_then_and_keeps_no_channel_for_it()
    {
        await OpenAllAsync();
        await AdvanceUntilAsync(() => Askers().Count == Sessions, Step);
        var often = Checks().GroupBy(static check => check.Connection).MaxBy(static checks => checks.Count())!.Key;

        foreach (var check in Checks().Where(check => check.Connection != often))
        {
            await Broker.WaitForAsync(broker => broker.Received.OfType<ChannelClose>().Any(
                close => (close.Connection, close.Channel) == (check.Connection, check.Channel)));
        }
    }

    [Fact]
    public async Task All_sessions_ask_once_the_queue_has_messages_that_nobody_gets()
    {
        await OpenAllAsync();
        await AdvanceUntilAsync(() => Checks().Count > 0, Step);

        // Another consumer has the queue, and takes one message only.
        Broker.DeleteQueueSilently(Name);
        using var gate = new SemaphoreSlim(0);
        var options = new ConsumerOptions { Cluster = Cluster with { OnSessionEvent = null }, Prefetch = 1, IdleCheckInterval = Timeout.InfiniteTimeSpan };
        Consume(
            async (_, cancellation) =>
            {
                await gate.WaitAsync(cancellation);
                return DeliveryResult.Ack;
            },
            options);
        await Broker.WaitForAsync(broker => broker.Queue(Name).ConsumerTags.Count == 1);
        Broker.Enqueue(Name, "a");
        Broker.Enqueue(Name, "b");

        var began = Clock.GetUtcNow();
        await AdvanceUntilAsync(() => Askers().Count == Sessions, Step);
        Assert.InRange(Clock.GetUtcNow() - began, TimeSpan.Zero, 4 * Interval); // by themselves the others ask after ten
        gate.Release(100);
    }

    [Fact]
    public async Task Another_session_asks_when_the_one_that_did_gets_no_answer()
    {
        await OpenAllAsync();
        Broker.On<QueueDeclare>(static declare => declare.Passive).Once().Withhold();
        await AdvanceUntilAsync(() => Checks().Count >= 3, Step);

        var mute = Checks()[0].Connection;
        Assert.All(Checks().Skip(1), check => Assert.NotEqual(mute, check.Connection));
    }

    private async Task OpenAllAsync()
    {
        Consume(Several);
        for (var session = 0; session < Sessions; session++)
        {
            await OpenAsync(session: session);
        }
    }

    private IReadOnlyList<QueueDeclare> Checks() => [.. Broker.Received.OfType<QueueDeclare>().Where(static declare => declare.Passive)];

    private HashSet<BrokerConnection> Askers() => [.. Checks().Select(static check => check.Connection)];

    private IReadOnlyList<QueueBind> Bindings() => [.. Broker.Received.OfType<QueueBind>()];
}
