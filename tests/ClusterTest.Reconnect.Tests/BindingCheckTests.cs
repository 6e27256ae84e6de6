using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// A binding that goes tells nobody: the consumer stays silent beside publishers whose messages reach no queue (rabbitmq-server#887, #1872). A consumer
/// that gets nothing, and asks anyway, binds again.
/// </summary>
public sealed class BindingCheckTests : BrokerTest
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _clock = new();

    private ClusterOptions Clocked => Cluster with { TimeProvider = _clock };

    [Fact]
    public async Task An_idle_consumer_whose_queue_was_unbound_binds_it_again()
    {
        Consume(Clocked);
        await OpenAsync();
        await PassAsync(TimeSpan.FromSeconds(10));
        var unbound = _clock.GetUtcNow();
        Broker.Unbind(Name, Name, Name);
        await AdvanceUntilAsync(() => Broker.IsBound(Name, Name, Name));
        Assert.InRange(_clock.GetUtcNow() - unbound, TimeSpan.Zero, 2 * ConsumerOptions.DefaultIdleCheckInterval);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task An_idle_consumer_whose_exchange_was_deleted_declares_it_anew()
    {
        Consume(Clocked);
        await OpenAsync();
        Broker.DeleteExchange(Name);
        await AdvanceUntilAsync(() => Broker.IsBound(Name, Name, Name));
        await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == 2);
        var lost = Assert.Single(Events.Items, change => change.To == Recovering).Cause!;
        Assert.Equal(
            (FailureKind.ConsumerLost, FailureScope.Channel, "the exchange is gone, and the queue's binding with it"),
            (lost.Kind, lost.Scope, lost.Message));
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task It_binds_no_more_often_than_once_in_an_interval_and_on_one_channel()
    {
        Consume(Clocked);
        await OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            Broker.Enqueue(Name, $"{i}"); // a busy consumer asks sooner
        }

        await AckedAsync(50);
        await PassAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(Binds().Count, 2, 4);
        Assert.Single(Binds().Select(bind => bind.Channel).Distinct());
    }

    [Theory]
    [InlineData(403, "ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'guest'")]
    [InlineData(404, "NOT_FOUND - home node 'rabbit@rabbit1' of durable queue 'q' in vhost '/' is down or inaccessible")]
    public async Task A_refusal_changes_nothing_and_it_tries_again(ushort refusal, string text)
    {
        Consume(Clocked);
        await OpenAsync();
        Broker.On<QueueBind>().Times(2).CloseChannel(refusal, text);
        await AdvanceUntilAsync(() => Binds().Count == 4);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    // RabbitMQ 3 answers a minute late while a node is frozen.
    [Fact]
    public async Task It_goes_on_asking_for_its_queue_while_the_binding_is_not_answered()
    {
        Consume(Clocked);
        await OpenAsync();
        var withheld = Broker.On<QueueBind>().Withhold();
        await AdvanceUntilAsync(() => Broker.Received.OfType<QueueDeclare>().Count(declare => declare.Passive) == 4);
        Assert.Equal(1, withheld.Hits);
        Broker.DeleteQueueSilently(Name);
        await AdvanceUntilAsync(() => Events.Items.Any(change => change.Cause is { Kind: FailureKind.ConsumerLost }));
        withheld.Release();
        await AdvanceUntilAsync(() => Events.Items.Count(change => change.To == Open) == 2);
    }

    [Fact]
    public async Task What_the_consumer_does_not_declare_it_does_not_bind_either()
    {
        Broker.Enqueue(Name, "a");
        Consume(Clocked with { Topology = Topology.Named(Name) with { Predeclared = true } });
        await OpenAsync();
        await PassAsync(4 * ConsumerOptions.DefaultIdleCheckInterval);
        Assert.Empty(Broker.Received.OfType<QueueDeclare>());
        Assert.Empty(Broker.Received.OfType<QueueBind>());
    }

    private IReadOnlyList<QueueBind> Binds() => [.. Broker.Received.OfType<QueueBind>().Skip(1)]; // the first is the start's

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.TrueAsync(() =>
    {
        if (condition())
        {
            return true;
        }

        _clock.Advance(Step);
        return false;
    });

    private Task PassAsync(TimeSpan time)
    {
        var until = _clock.GetUtcNow() + time;
        return AdvanceUntilAsync(() => _clock.GetUtcNow() >= until);
    }
}
