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
    private static readonly TimeSpan Answering = TimeSpan.FromMilliseconds(100);

    private ClusterOptions Several => Cluster with { TimeProvider = Clock, Sessions = Sessions };

    [Fact]
    public async Task One_session_asks_and_binds_for_all()
    {
        await OpenAllAsync();
        var bound = Bindings().Count;
        var until = Clock.GetUtcNow() + (8 * Interval);
        await PassCalmlyUntilAsync(() => Clock.GetUtcNow() >= until);

        Assert.InRange(Checks().Count, 6, 8);
        Assert.Single(Askers());
        Assert.InRange(Bindings().Count - bound, 5, 8);
    }

    [Fact]
    public async Task Each_session_asks_for_itself_now_and_then_and_keeps_no_channel_for_it()
    {
        await OpenAllAsync();
        await PassCalmlyUntilAsync(() => Askers().Count == Sessions);
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
        await PassCalmlyUntilAsync(() => Checks().Count > 0);

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
        await PassCalmlyUntilAsync(() => Askers().Count == Sessions);
        Assert.InRange(Clock.GetUtcNow() - began, TimeSpan.Zero, 4 * Interval); // by themselves the others ask after ten
        gate.Release(100);
    }

    [Fact]
    public async Task The_others_ask_soon_when_two_that_did_get_no_answer()
    {
        await OpenAllAsync();
        Broker.On<QueueDeclare>(static declare => declare.Passive).Times(2).Withhold();
        await PassCalmlyUntilAsync(() => Checks().Count >= 2);
        var began = Clock.GetUtcNow();
        await PassCalmlyUntilAsync(() => Checks().Count >= 4);

        Assert.Equal(Sessions, Askers().Count);
        Assert.Equal(Checks()[2].Connection, Checks()[3].Connection);
        Assert.InRange(Clock.GetUtcNow() - began, Interval, (2 * Interval) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Another_session_asks_at_once_when_the_one_that_did_is_refused()
    {
        const string homeNodeDown = "NOT_FOUND - home node 'rabbit@rabbit1' of durable queue 'q' in vhost '/' is down or inaccessible";
        await OpenAllAsync();
        await PassCalmlyUntilAsync(() => Checks().Count >= 1);
        var refused = Checks()[0].Connection;
        Broker.On<QueueDeclare>(declare => declare.Passive && declare.Connection == refused).CloseChannel(404, homeNodeDown);
        await PassCalmlyUntilAsync(() => Checks().Count >= 2);
        Assert.Equal(refused, Checks()[1].Connection);
        var began = Clock.GetUtcNow();
        await PassCalmlyUntilAsync(() => Checks().Count >= 3);

        Assert.NotEqual(refused, Checks()[2].Connection);
        Assert.InRange(Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Another_session_binds_when_the_binding_of_the_one_that_did_hangs()
    {
        await OpenAllAsync();
        var withheld = Broker.On<QueueBind>().Once().Withhold();
        await PassCalmlyUntilAsync(() => withheld.Hits == 1);
        var before = Bindings().Count;
        var began = Clock.GetUtcNow();
        await PassCalmlyUntilAsync(() => Bindings().Count > before);

        Assert.NotEqual(Bindings()[before - 1].Connection, Bindings()[^1].Connection);
        Assert.InRange(Clock.GetUtcNow() - began, TimeSpan.Zero, 3 * Interval);
    }

    // A real moment for each answer: the clock of the test passes much faster than the answers come.
    private Task PassCalmlyUntilAsync(Func<bool> condition)
    {
        var (seen, at) = (0, TimeProvider.System.GetTimestamp());
        return AdvanceUntilAsync(
            () =>
            {
                var asked = Checks().Count + Bindings().Count;
                if (asked != seen)
                {
                    (seen, at) = (asked, TimeProvider.System.GetTimestamp());
                }

                return condition();
            },
            () => TimeProvider.System.GetElapsedTime(at) < Answering ? TimeSpan.Zero : Step);
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
