using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Field lesson 6: RabbitMQ 3.10.8 may delete a quorum queue without a <c>basic.cancel</c>, and the consumer stayed silent for ever.</summary>
public sealed class ConsumerCheckTests : BrokerTest
{
    private const string HomeNodeDown = "NOT_FOUND - home node 'rabbit@rabbit1' of durable queue 'q' in vhost '/' is down or inaccessible";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _gate = new(0);

    private ClusterOptions Clocked => Cluster with { TimeProvider = Clock };

    private ClusterOptions Unseen => Cluster with { OnSessionEvent = null };

    [Fact]
    public async Task Consumes_again_when_the_queue_is_gone()
    {
        Consume(Clocked);
        await OpenAsync();
        Broker.DeleteQueueSilently(Name);
        await LostAsync("the queue is gone, and the broker did not cancel the consumer");
        Assert.Single(Checks());
        Broker.Enqueue(Name, "a");
        Assert.Equal(["a"], await AckedAsync(1));
    }

    [Fact]
    public async Task Consumes_again_when_the_queue_has_messages_and_no_consumer()
    {
        Consume(Clocked);
        await OpenAsync();
        Broker.DeleteQueueSilently(Name);
        await PublishAsync("a");
        await LostAsync("the queue has messages and no consumer: the broker no longer knows this consumer, and did not cancel it");
        Assert.Single(Checks());
        Assert.Equal(["a"], await AckedAsync(1));
    }

    [Fact]
    public async Task Consumes_again_when_messages_stay_in_the_queue_from_one_check_to_the_next()
    {
        await BeOvertakenAsync();
        await PublishAsync("a", "b");
        await LostAsync("the queue has messages, and this consumer gets none");
        Assert.Equal(2, Checks().Count);
        Assert.Equal(["b"], await AckedAsync(1));
    }

    [Fact]
    public async Task Goes_on_when_the_messages_of_one_check_are_gone_at_the_next()
    {
        await BeOvertakenAsync();
        await PublishAsync("a", "b");
        await CheckedAsync(1);
        _gate.Release(2);
        await AckedAsync(2);
        await CheckedAsync(2);
        await PublishAsync("c", "d");
        await CheckedAsync(3);
        _gate.Release(2);
        await AckedAsync(4);
        await CheckedAsync(5);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Counts_no_check_that_was_refused_between_two_others()
    {
        await BeOvertakenAsync();
        Broker.On<QueueDeclare>(IsCheck).Skip(1).Once().CloseChannel(404, HomeNodeDown);
        await PublishAsync("a", "b");
        await LostAsync("the queue has messages, and this consumer gets none");
        Assert.Equal(4, Checks().Count);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(404, HomeNodeDown)]
    [InlineData(404, "NOT_FOUND - queue 'q' in vhost '/' has crashed and failed to restart")]
    [InlineData(403, "ACCESS_REFUSED")]
    [InlineData(405, "RESOURCE_LOCKED")]
    public async Task Goes_on_and_asks_again_when_the_answer_tells_nothing(ushort refusal, string text)
    {
        Broker.On<QueueDeclare>(declare => IsCheck(declare) && refusal != 0).CloseChannel(refusal, text);
        Consume(Clocked);
        await OpenAsync();
        var last = Clock.GetUtcNow();
        for (var i = 1; i <= 4; i++)
        {
            await CheckedAsync(i);
            Assert.True(Clock.GetUtcNow() - last >= ConsumerOptions.DefaultIdleCheckInterval);
            last = Clock.GetUtcNow();
        }

        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        var channel = Assert.Single(Broker.Received.OfType<BasicConsume>()).Channel;
        Assert.InRange(Checks().Select(check => check.Channel).Append(channel).Distinct().Count(), 2, 3); // the binding has one, too
    }

    [Fact]
    public async Task Goes_on_when_the_queue_seems_to_have_neither_messages_nor_consumers()
    {
        // RabbitMQ says so of a quorum queue whose leader does not answer, as well: to consume anew would wait for the leader.
        Consume(Clocked);
        await OpenAsync();
        Broker.DeleteQueueSilently(Name);
        await PublishAsync();
        await CheckedAsync(4);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Waits_for_an_answer_as_long_as_it_takes_and_for_one_only()
    {
        var withheld = Broker.On<QueueDeclare>(IsCheck).Withhold();
        Consume(Clocked with { ReadyTimeout = TimeSpan.FromSeconds(1) });
        await OpenAsync();
        await CheckedAsync(1);

        // Longer than the client library waits for an answer by itself.
        Broker.WithholdConfirms();
        var producer = Produce(new ProducerOptions { Cluster = Unseen, PublishTimeout = TimeSpan.FromSeconds(1.5) });
        Assert.Equal(PublishOutcome.Unknown, (await producer.PublishAsync(Message("a"), Token)).Outcome);
        Assert.Equal(["a"], await AckedAsync(1));
        await WitnessAsync();
        Assert.Single(OfConsumer(Checks())); // the producer asks, too

        withheld.Release();
        await AdvanceUntilAsync(() => OfConsumer(Checks()).Count() == 2);
        Assert.Single(OfConsumer(Checks()).Select(check => check.Channel).Distinct());
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Stops_without_waiting_for_the_answer_to_a_check()
    {
        Broker.On<QueueDeclare>(IsCheck).Withhold();
        var consumer = Consume(Clocked);
        await OpenAsync();
        await CheckedAsync(1);
        await consumer.StopAsync().WaitAsync(StopBound, Token); // by a clock that stands still: no deadline helps
    }

    [Fact]
    public async Task Stops_in_time_when_the_broker_freezes_during_a_check()
    {
        Broker.On<QueueDeclare>(IsCheck).Freeze();
        var consumer = Consume(Clocked);
        await OpenAsync();
        await CheckedAsync(1);
        var started = Clock.GetUtcNow();
        var stopping = consumer.StopAsync();
        await AdvanceUntilAsync(() => stopping.IsCompleted);
        Assert.True(Clock.GetUtcNow() - started < Clocked.DrainTimeout + StopBound);
    }

    [Fact]
    public async Task Leaves_a_handler_in_peace_whose_message_came_during_a_check()
    {
        var withheld = Broker.On<QueueDeclare>(IsCheck).Withhold();
        Consume(WaitAtTheGateAsync, Clocked);
        await OpenAsync();
        await CheckedAsync(1);
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        Broker.DeleteQueueSilently(Name);
        await PublishAsync("b");
        withheld.Release();
        await WitnessAsync();
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        _gate.Release(2);
        await LostAsync("the queue has messages and no consumer: the broker no longer knows this consumer, and did not cancel it");
    }

    [Fact]
    public async Task Takes_the_channel_of_an_unanswered_check_back_when_the_answer_comes()
    {
        var withheld = Broker.On<QueueDeclare>(IsCheck).Once().Withhold();
        Consume(Clocked);
        await OpenAsync();
        await CheckedAsync(1);
        Broker.CancelConsumers(Name);
        await ReopenAsync();
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        withheld.Release();
        var check = Checks()[0];
        await Broker.ReceivedAsync<ChannelClose>(close => close.Channel == check.Channel && close.At > check.At);
        await CheckedAsync(2);
        Assert.Equal(2, Events.Items.Count(change => change.To == Open));
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task Asks_nothing_while_messages_flow()
    {
        Consume(Clocked);
        await OpenAsync();
        for (var i = 1; i <= 10; i++)
        {
            Broker.Enqueue(Name, $"{i}");
            await AckedAsync(i);
            await PassAsync(TimeSpan.FromSeconds(2));
        }

        Assert.Empty(Checks());
        await CheckedAsync(1);
    }

    [Fact]
    public async Task Asks_nothing_while_a_handler_is_at_work()
    {
        Consume(WaitAtTheGateAsync, Clocked);
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        Broker.Enqueue(Name, "b");
        await Handled.WaitForAsync(_ => true);
        await WitnessAsync();
        _gate.Release();
        await AckedAsync(1);
        await WitnessAsync();
        Assert.Empty(Checks());
        _gate.Release();
        await CheckedAsync(1);
    }

    [Fact]
    public async Task Asks_nothing_when_told_not_to()
    {
        Consume((_, _) => new(DeliveryResult.Ack), new ConsumerOptions { Cluster = Clocked, IdleCheckInterval = Timeout.InfiniteTimeSpan });
        await OpenAsync();
        await WitnessAsync();
        Assert.Empty(Checks());
    }

    public override async ValueTask DisposeAsync()
    {
        _gate.Release(100);
        await base.DisposeAsync();
        _gate.Dispose();
        GC.SuppressFinalize(this);
    }

    private static bool IsCheck(QueueDeclare declare) => declare.Passive && declare.Queue == Name;

    private IEnumerable<QueueDeclare> OfConsumer(IEnumerable<QueueDeclare> checks) => checks.Where(check => check.Connection == Broker.Connections[0]);

    private IReadOnlyList<QueueDeclare> Checks(string queue = Name) =>
        [.. Broker.Received.OfType<QueueDeclare>().Where(declare => declare.Passive && declare.Queue == queue)];

    private Task CheckedAsync(int count, string queue = Name) => AdvanceUntilAsync(() => Checks(queue).Count >= count);

    private Task AdvanceUntilAsync(Func<bool> condition) => AdvanceUntilAsync(condition, Step);

    private Task PassAsync(TimeSpan time) => PassAsync(time, Step);

    /// <summary>Lets so much time pass that another consumer, with nothing to do, asks three times.</summary>
    private async Task WitnessAsync()
    {
        var idle = $"idle.{Guid.NewGuid():N}";
        Broker.On<QueueDeclare>(declare => declare.Passive && declare.Queue == idle).CloseChannel(405, "RESOURCE_LOCKED");
        Consume(Clocked with { Topology = Topology.Named(idle), OnSessionEvent = null });
        await CheckedAsync(3, idle);
    }

    private async Task ReopenAsync() => await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == 2);

    private async Task LostAsync(string message)
    {
        await ReopenAsync();
        var lost = Assert.Single(Events.Items, change => change.To == Recovering).Cause!;
        Assert.Equal(
            (FailureKind.ConsumerLost, FailureScope.Channel, FailureSeverity.Transient, message),
            (lost.Kind, lost.Scope, lost.Severity, lost.Message));
        Assert.Null(Broker.Connections[0].EndedAt);
    }

    /// <summary>Consumes from a queue that is deleted and declared again, where another consumer now takes one message at a time.</summary>
    private async Task BeOvertakenAsync()
    {
        Consume(Clocked);
        await OpenAsync();
        Broker.DeleteQueueSilently(Name);
        var options = new ConsumerOptions { Cluster = Unseen, Prefetch = 1, IdleCheckInterval = Timeout.InfiniteTimeSpan };
        Consume((delivery, _) => WaitAtTheGateAsync(delivery), options);
        await Broker.WaitForAsync(broker => broker.Queue(Name).ConsumerTags.Count == 1);
    }

    private async ValueTask<DeliveryResult> WaitAtTheGateAsync(Delivery delivery)
    {
        await _gate.WaitAsync(Token);
        return DeliveryResult.Ack;
    }

    /// <summary>Declares the queue and publishes to it.</summary>
    private async Task PublishAsync(params string[] texts)
    {
        var producer = Produce(Unseen);
        await producer.WaitToPublishAsync(Token);
        foreach (var text in texts)
        {
            Assert.True((await producer.PublishAsync(Message(text), Token)).IsConfirmed);
        }
    }
}
