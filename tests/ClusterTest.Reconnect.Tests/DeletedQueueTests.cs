using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lessons 40 to 43: who returns to a queue while it is being deleted, or declares it anew before all have noticed, is served by nobody
/// (RabbitMQ 3.10 to 4.3, quorum queues).
/// </summary>
public sealed class DeletedQueueTests : BrokerTest
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);


    private ClusterOptions Clocked => Cluster with { TimeProvider = Clock };

    // Field lesson 40
    [Fact]
    public async Task A_deleted_queue_is_declared_anew_by_one_session_while_the_others_wait()
    {
        const int sessions = 4;
        Consume(Clocked with { Sessions = sessions });
        await AllOpenAsync(sessions, times: 1);
        var withheld = Broker.On<QueueDeclare>(declare => !declare.Passive).Withhold();
        Broker.DeleteQueue(Name);
        await AdvanceUntilAsync(() => withheld.Hits > 0);
        await PassAsync(TimeSpan.FromMilliseconds(150));
        Assert.Equal(1, withheld.Hits);
        withheld.Release();
        await AdvanceUntilAsync(() => AreOpen(sessions, times: 2));
    }

    // Field lesson 40: one session's node hangs.
    [Fact]
    public async Task The_others_do_not_wait_long_for_the_session_that_declares_the_queue()
    {
        Broker.On<QueueDeclare>().Once().Withhold();
        Consume(Clocked with { Sessions = 2 });
        await AdvanceUntilAsync(() => Events.Items.Any(change => change.To == Open));
        Assert.Single(Events.Items, change => change.To == Open);
    }

    // Field lesson 40: 3.10.8 answers 541 to who publishes while the queue is being deleted, and the connection is gone.
    [Fact]
    public async Task A_queue_is_looked_for_before_it_is_declared_where_the_loss_may_come_of_its_deletion()
    {
        Produce(Clocked);
        await OpenAsync();
        Broker.DeleteQueueSilently(Name);
        Broker.OpenConnections[0].Close(541, "INTERNAL_ERROR");
        await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == 2);
        Assert.Equal([false, true, false], Broker.Received.OfType<QueueDeclare>().Select(declare => declare.Passive));
    }

    // Field lesson 40
    [Fact]
    public async Task A_queue_whose_consumer_is_cancelled_is_left_alone_for_a_moment()
    {
        Consume(Clocked);
        await OpenAsync();
        Clock.Advance(TimeSpan.FromSeconds(2)); // a shorter life would be followed by backoff
        Broker.DeleteQueue(Name);
        await Events.WaitForAsync(change => change.To == Recovering);
        await PassAsync(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(10));
        Assert.Single(Broker.Received.OfType<QueueDeclare>());
        await AdvanceUntilAsync(() => Broker.Queue(Name).ConsumerTags.Count == 1);
    }

    // Field lesson 40
    [Fact]
    public async Task A_queue_that_turns_out_to_be_gone_is_left_alone_for_a_moment()
    {
        Produce(Clocked);
        await OpenAsync();
        Clock.Advance(TimeSpan.FromSeconds(2));
        Broker.DeleteQueueSilently(Name);
        Broker.OpenConnections[0].Close(501, "FRAME_ERROR");
        await Broker.ReceivedAsync<QueueDeclare>(declare => declare.Passive);
        await PassAsync(TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(10));
        Assert.Single(Broker.Received.OfType<QueueDeclare>(), declare => !declare.Passive);
        await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == 2);
    }

    // What is there need not be waited for: by a clock that stands still, no wait ends.
    [Fact]
    public async Task Nothing_is_waited_for_at_the_first_start_nor_after_a_lost_connection()
    {
        Consume(Clocked with { Sessions = 2 });
        await AllOpenAsync(sessions: 2, times: 1);
        Clock.Advance(TimeSpan.FromSeconds(2)); // a shorter life would be followed by backoff
        Broker.OpenConnections[0].Disconnect();
        await Eventually.TrueAsync(() => Events.Items.Count(change => change.To == Open) == 3);
    }

    // Field lesson 8: a deleted queue has lost its binding, which was seen confirmed before.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ready_is_not_announced_before_a_deleted_queue_is_bound_again(bool isConsumer)
    {
        if (isConsumer)
        {
            Consume(Clocked);
        }
        else
        {
            Produce(Clocked);
        }

        await OpenAsync();
        var withheld = Broker.On<QueueBind>().Withhold();
        Broker.DeleteQueue(Name);
        if (!isConsumer)
        {
            Broker.OpenConnections[0].Close(541, "INTERNAL_ERROR");
        }

        await AdvanceUntilAsync(() => Broker.Received.OfType<QueueBind>().Count() == 2);
        await PassAsync(TimeSpan.FromSeconds(3));
        Assert.Single(Events.Items, change => change.To == Open);
        withheld.Release();
        await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == 2);
    }

    // Field lesson 41: one session was told, the other was not and gets nothing, while the first gets so much that no answer tells.
    [Fact]
    public async Task A_session_that_gets_nothing_after_another_lost_the_queue_consumes_anew()
    {
        Consume((_, _) => new(DeliveryResult.Ack), new ConsumerOptions { Cluster = Clocked with { Sessions = 2 }, IdleCheckInterval = TimeSpan.FromHours(1) });
        await AllOpenAsync(sessions: 2, times: 1);
        var told = Broker.Received.OfType<BasicConsume>().First();
        Broker.DeleteQueueSilently(Name);
        told.Connection.CloseChannel(told.Channel, 404, $"NOT_FOUND - no queue '{Name}' in vhost '/'");
        await AdvanceUntilAsync(() => Broker.Queue(Name).ConsumerTags.Count == 2);
        Assert.Contains(Events.Items, change => change.Cause is { Kind: FailureKind.ConsumerLost });
        Assert.All(Broker.Connections, connection => Assert.Null(connection.EndedAt));
    }

    // Field lesson 41: somebody else declared the deleted queue anew, nobody was told, and the first that asks is served.
    [Fact]
    public async Task What_one_session_has_found_out_about_its_consumer_counts_for_the_others()
    {
        Consume(Clocked with { Sessions = 2 });
        await AllOpenAsync(sessions: 2, times: 1);
        var unanswered = Broker.On<QueueDeclare>(declare => declare.Passive).Once().Withhold();
        Broker.DeleteQueueSilently(Name);
        Produce(Clocked);
        await AllOpenAsync(sessions: 3, times: 1);
        Broker.Enqueue(Name, "1");
        await AdvanceUntilAsync(() => Broker.Queue(Name).ConsumerTags.Count == 1);
        unanswered.Release();
        await AckedAsync(1);
        await AdvanceUntilAsync(() => Broker.Queue(Name).ConsumerTags.Count == 2);
        Assert.All(Broker.Connections, connection => Assert.Null(connection.EndedAt));
    }

    // A broker takes turns among consumers that are alike: whoever gets nothing, while another gets one message after the other, is forgotten.
    [Fact]
    public async Task A_session_that_gets_nothing_for_long_while_another_is_busy_consumes_anew_and_then_goes_to_another_node()
    {
        Consume((_, _) => new(DeliveryResult.Ack), new ConsumerOptions { Cluster = Clocked with { Sessions = 2 }, IdleCheckInterval = TimeSpan.FromHours(1) });
        await AllOpenAsync(sessions: 2, times: 1);
        await PassAsync(TimeSpan.FromMilliseconds(300));
        Broker.Enqueue(Name, "1");
        Broker.Enqueue(Name, "2");
        await AckedAsync(2);
        await PassAsync(TimeSpan.FromMilliseconds(300));
        Broker.Connections[0].SwallowsDeliveries = true;
        var sent = 2;
        await AdvanceUntilAsync(() =>
        {
            Broker.Enqueue(Name, $"{++sent}");
            return Broker.OpenConnections.Count == 3;
        });
        await AdvanceUntilAsync(() => Broker.Connections[0].EndedAt is not null);
        await AckedAsync(sent);
        Assert.Equal(2, Events.Items.Count(change => change.Cause is { Kind: FailureKind.ConsumerLost }));
        Assert.Null(Broker.Connections[1].EndedAt);
    }

    [Fact]
    public async Task A_session_is_not_passed_over_while_another_works_off_what_it_was_given_before()
    {
        const int messages = 100;
        var second = Broker.On<BasicConsume>().Skip(1).Once().Withhold();
        Consume(
            async (_, token) =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), Clock, token);
                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Clocked with { Sessions = 2 }, IdleCheckInterval = TimeSpan.FromHours(1) });
        await Eventually.TrueAsync(() => AreOpen(sessions: 1, times: 1));
        for (var i = 0; i < messages; i++)
        {
            Broker.Enqueue(Name, $"{i}");
        }

        await Broker.WaitForAsync(broker => broker.Queue(Name).Unacknowledged.Count == messages);
        await AdvanceUntilAsync(() => Broker.Queue(Name).Acknowledged.Count == 5); // by then all have come
        second.Release();
        await AllOpenAsync(sessions: 2, times: 1);
        await AdvanceUntilAsync(() => Broker.Queue(Name).Acknowledged.Count == messages, TimeSpan.FromMilliseconds(500));
        Assert.DoesNotContain(Events.Items, change => change.To == Recovering);
    }

    // A queue that somebody else declared may serve a single consumer of many.
    [Fact]
    public async Task A_session_on_a_queue_of_others_is_left_in_peace_however_little_it_gets()
    {
        Broker.Enqueue(Name, "1");
        var cluster = Clocked with { Sessions = 2, Topology = Clocked.Topology with { Predeclared = true } };
        Consume((_, _) => new(DeliveryResult.Ack), new ConsumerOptions { Cluster = cluster, IdleCheckInterval = TimeSpan.FromHours(1) });
        await AllOpenAsync(sessions: 2, times: 1);
        Broker.Connections[0].SwallowsDeliveries = true;
        var until = Clock.GetUtcNow() + TimeSpan.FromSeconds(30);
        await AdvanceUntilAsync(() =>
        {
            Broker.Enqueue(Name, "");
            return Clock.GetUtcNow() > until;
        });
        Assert.DoesNotContain(Events.Items, change => change.To == Recovering);
    }

    [Fact]
    public async Task A_session_that_gets_messages_after_another_lost_its_consumer_is_left_in_peace()
    {
        Consume((_, _) => new(DeliveryResult.Ack), new ConsumerOptions { Cluster = Clocked with { Sessions = 2 }, IdleCheckInterval = TimeSpan.FromHours(1) });
        await AllOpenAsync(sessions: 2, times: 1);
        var told = Broker.Received.OfType<BasicConsume>().First();
        told.Connection.CloseChannel(told.Channel, 404, $"NOT_FOUND - no queue '{Name}' in vhost '/'");
        for (var i = 1; i <= 20; i++)
        {
            Broker.Enqueue(Name, $"{i}");
            Broker.Enqueue(Name, $"{i}");
            await AckedAsync(2 * i);
            await PassAsync(TimeSpan.FromMilliseconds(100));
        }

        Assert.Single(Events.Items, change => change.To == Recovering);
    }

    // Field lesson 43: on one node the new queue's member could not start, and who consumes there is served by nobody.
    [Fact]
    public async Task A_session_that_gets_nothing_although_it_consumed_anew_goes_to_another_node_before_it_leaves_this_one()
    {
        Consume((_, _) => new(DeliveryResult.Ack), new ConsumerOptions { Cluster = Clocked with { Sessions = 2 }, IdleCheckInterval = TimeSpan.FromHours(1) });
        await AllOpenAsync(sessions: 2, times: 1);
        Broker.Connections[0].SwallowsDeliveries = true;
        Broker.DeleteQueue(Name);
        await AdvanceUntilAsync(() => AreOpen(sessions: 2, times: 2));
        var sent = 0;
        await AdvanceUntilAsync(() =>
        {
            Broker.Enqueue(Name, $"{++sent}");
            return Broker.OpenConnections.Count == 3; // the new one is there before the old one is left
        });
        await AdvanceUntilAsync(() => Broker.Connections[0].EndedAt is not null);
        await AckedAsync(sent);
        Assert.Null(Broker.Connections[1].EndedAt);
    }

    // Field lesson 41
    [Fact]
    public async Task A_busy_consumer_that_falls_silent_asks_within_a_second()
    {
        Consume(Clocked);
        await OpenAsync();
        await PassAsync(TimeSpan.FromMilliseconds(300));
        for (var i = 0; i < 50; i++)
        {
            Broker.Enqueue(Name, $"{i}");
        }

        await AckedAsync(50);
        var silent = Clock.GetUtcNow();
        Broker.DeleteQueueSilently(Name);
        await AdvanceUntilAsync(() => Broker.Received.OfType<QueueDeclare>().Any(declare => declare.Passive));
        Assert.True(Clock.GetUtcNow() - silent <= TimeSpan.FromSeconds(1.2));
        Assert.True(ConsumerOptions.DefaultIdleCheckInterval > TimeSpan.FromSeconds(2));
    }

    // Field lesson 42: a channel that published to a queue while it was being deleted gets neither a confirm nor a return.
    [Fact]
    public async Task A_producer_whose_queue_is_gone_and_that_gets_no_confirms_does_not_wait_for_the_watchdog()
    {
        var producer = Produce(Clocked);
        await OpenAsync();
        var mute = Broker.On<BasicPublish>().Once().Do(_ => { }); // discarded, and the broker waits
        Broker.DeleteQueueSilently(Name);
        var published = Clock.GetUtcNow();
        var publishing = producer.PublishAsync(Message("a"), Token);
        await Broker.WaitForAsync(_ => mute.Hits == 1);
        await AdvanceUntilAsync(() => publishing.IsCompleted);
        Assert.True((await publishing).IsConfirmed);
        Assert.Equal(2, (await publishing).Attempts);
        Assert.True(Clock.GetUtcNow() - published < ClusterOptions.DefaultStallTimeout / 2);
        Assert.Equal(FailureKind.NotFound, Assert.Single(Events.Items, change => change.To == Recovering).Cause!.Kind);
    }

    // Field lesson 42: the broker reads no more from the connection, and so cannot answer there.
    [Fact]
    public async Task A_producer_that_gets_no_answer_asks_over_another_connection()
    {
        var producer = Produce(Clocked);
        await OpenAsync();
        var mute = Broker.On<BasicPublish>().Once().Do(_ => { });
        var unanswered = Broker.On<ChannelOpen>(open => open.Connection.Number == Broker.Connections[0].Number).Withhold();
        Broker.DeleteQueueSilently(Name);
        var publishing = producer.PublishAsync(Message("a"), Token);
        await Broker.WaitForAsync(_ => mute.Hits == 1);
        await AdvanceUntilAsync(() => publishing.IsCompleted);
        Assert.True((await publishing).IsConfirmed);
        Assert.NotEqual(0, unanswered.Hits); // one of the question, another to hold the number of the closed channel
        Assert.Equal(FailureKind.NotFound, Assert.Single(Events.Items, change => change.To == Recovering).Cause!.Kind);
        await Eventually.TrueAsync(() => Broker.OpenConnections.Count == 1);
    }

    // Field lesson 42
    [Fact]
    public async Task A_producer_that_waits_for_a_queue_that_is_there_goes_on_waiting()
    {
        var producer = Produce(Clocked);
        await OpenAsync();
        var withheld = Broker.On<BasicPublish>().Withhold();
        var publishing = producer.PublishAsync(Message("a"), Token);
        await AdvanceUntilAsync(() => Broker.Received.OfType<QueueDeclare>().Count(declare => declare.Passive) >= 3);
        withheld.Release();
        Assert.True((await publishing).IsConfirmed);
        AssertConnectedOnce();
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        Assert.Equal(["a"], Published());
    }

    // Field lesson 42: what one session of a producer has found counts for the others.
    [Fact]
    public async Task A_producer_whose_other_session_found_the_queue_deleted_does_not_wait_on_the_old_channel()
    {
        var producer = Produce(Clocked with { Sessions = 2 });
        await AllOpenAsync(sessions: 2, times: 1);
        var mute = Broker.On<BasicPublish>().Once().Do(_ => { });
        var publishing = producer.PublishAsync(Message("a"), Token);
        await Broker.WaitForAsync(_ => mute.Hits == 1);
        var waiting = Broker.Received.OfType<BasicPublish>().Single().Connection;
        Broker.DeleteQueueSilently(Name);
        Broker.OpenConnections.Single(connection => connection != waiting).Close(541, "INTERNAL_ERROR");
        await AdvanceUntilAsync(() => publishing.IsCompleted);
        Assert.True((await publishing).IsConfirmed);
        Assert.DoesNotContain(Events.Items, change => change.Cause is { Kind: FailureKind.Stalled });
    }

    // 3.10.8: who consumes while the queue's leader ends with its node is answered by 541 (rabbit_channel crashes with key_exists). With 600 sessions 40 of
    // 200 that came back were, and 500 that were well consumed anew.
    [Theory]
    [InlineData(0, true, false)]
    [InlineData(11, true, true)] // long after the node's end
    [InlineData(0, false, true)] // not to who came back
    [InlineData(null, false, true)]
    public async Task An_answer_that_comes_of_a_nodes_end_is_no_sign_of_a_deletion(int? secondsAfterEnd, bool isToWhoCameBack, bool isSign)
    {
        const int sessions = 3;
        Consume(Clocked with { Sessions = sessions });
        await AllOpenAsync(sessions, times: 1);
        await PassAsync(TimeSpan.FromSeconds(2)); // what happens next is later than the sessions' beginning, which the clock of the test must tell
        if (secondsAfterEnd is { } seconds)
        {
            // And to come back takes time.
            var login = Broker.On<ConnectionStartOk>().Once().Withhold();
            Broker.OpenConnections[0].Close(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'");
            await AdvanceUntilAsync(() => login.Hits == 1);
            Clock.Advance(Step);
            login.Release();
            await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == sessions + 1);
            await PassAsync(TimeSpan.FromSeconds(seconds) + Step); // later than the beginning of the session that came back
        }

        var lost = Events.Items.Count(change => change.To == Recovering);
        Broker.OpenConnections[isToWhoCameBack ? ^1 : 0].Close(541, "INTERNAL_ERROR");
        await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Recovering) > lost);
        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(isSign ? lost + sessions : lost + 1, Events.Items.Count(change => change.To == Recovering));
    }

    private bool AreOpen(int sessions, int times) => Events.Items.Count(change => change.To == Open) == sessions * times;

    private Task AllOpenAsync(int sessions, int times) => Eventually.TrueAsync(() => AreOpen(sessions, times));

    private Task AdvanceUntilAsync(Func<bool> condition) => AdvanceUntilAsync(condition, Step);

    private Task PassAsync(TimeSpan time) => PassAsync(time, Step);
}
