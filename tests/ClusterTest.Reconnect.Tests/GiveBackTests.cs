using System.Text;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lesson 24: a channel that is closed on purpose counts against every message that was handed out, though nobody had touched it. From
/// RabbitMQ 4.3 on, what is put back counts against none.
/// </summary>
public sealed class GiveBackTests() : BrokerTest(new ScriptedBrokerOptions { DeliveryLimit = 5, CountsPutBack = false })
{
    private const int Prefetch = 10;

    // For every message, and for the handlers of channels that are gone, which may not have heard of it yet.
    private const int Plenty = 10 * Prefetch;

    private readonly Recorder<(string Text, long? Count)> _seen = new();

    [Theory]
    [InlineData("stop")]
    [InlineData("deadline")]
    [InlineData("cancel")]
    public async Task Only_what_the_handler_had_counts_when_a_channel_is_closed_on_purpose(string end)
    {
        using var gate = new SemaphoreSlim(0);
        var consumer = Consume(Holding(gate), Options);
        await OpenAsync();
        EnqueueAll();
        await Broker.WaitForAsync(broker => broker.Queue(Name).Unacknowledged.Count == Prefetch);
        await _seen.WaitForAsync(_ => true);
        switch (end)
        {
            case "stop":
                var stopping = consumer.StopAsync();
                await Broker.ReceivedAsync<BasicCancel>();
                gate.Release(); // its ack still goes out
                await stopping;
                Consume(Holding(gate), Options);
                break;
            case "deadline":
                await consumer.StopAsync();
                Consume(Holding(gate), Options);
                break;
            default:
                Broker.CancelConsumers(Name);
                await OpenAsync(2);
                break;
        }

        gate.Release(Plenty);
        await AckedAsync(Prefetch);
        var cut = end == "stop" ? null : ("0", (long?)1) as (string, long?)?;
        Assert.Equal(
            [("0", null), .. cut is { } counted ? new[] { counted } : [], .. Enumerable.Range(1, Prefetch - 1).Select(i => ($"{i}", (long?)null))],
            _seen.Items);
        var closed = Broker.Connections[0].Received.ToList();
        var channel = closed.OfType<BasicConsume>().First().Channel;
        Assert.Equal(
            [typeof(BasicCancel), .. Enumerable.Repeat(typeof(BasicNack), Prefetch - 1), typeof(ChannelClose)],
            closed
                .Where(method => method.Channel == channel && method is BasicCancel or BasicNack or ChannelClose)
                .Select(method => method.GetType())
                .Take(Prefetch + 1));
    }

    [Fact]
    public async Task Nothing_is_dropped_by_any_number_of_closes_on_purpose()
    {
        using var gate = new SemaphoreSlim(0);
        Consume(Holding(gate), Options with { DeliveryLimit = 4 });
        await OpenAsync();
        EnqueueAll();
        const int parkedAt = 5; // after four closes with a handler at work
        for (var i = 1; i <= 7; i++)
        {
            await _seen.WaitForAsync(_ => true, count: i);
            var parked = i < parkedAt ? 0 : 1;
            await Broker.WaitForAsync(broker =>
                broker.Queue(Name).Acknowledged.Count == parked && broker.Queue(Name).Unacknowledged.Count == Prefetch - parked);
            Broker.CancelConsumers(Name);
            await OpenAsync(i + 1);
        }

        gate.Release(Plenty);
        await AckedAsync(Prefetch);
        Assert.Empty(Broker.Queue(Name).Dropped);
        Assert.Equal(["0"], Broker.Queue(Name + ".parked").Ready.Select(message => message.Text).Distinct()); // it was with the handler each time
        Assert.Null(Broker.Connections[0].EndedAt);
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_the_cancel_delays_the_recovery_but_little()
    {
        Broker.On<BasicCancel>().Withhold();
        Consume();
        await OpenAsync();
        Broker.CancelConsumers(Name);
        var open = await OpenAsync(2);
        Assert.InRange(open.Outage!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(3)); // not the 10 s that the client library waits
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        Assert.Null(Broker.Connections[0].EndedAt);
    }

    [Fact]
    public async Task A_connection_that_is_lost_meanwhile_is_not_waited_for()
    {
        Broker.On<BasicCancel>().Do(cancel => cancel.Connection.Reset());
        var consumer = Consume(Cluster with { TimeProvider = Clock }); // no deadline passes
        await OpenAsync();
        await consumer.StopAsync().WaitAsync(StopBound, TimeProvider.System, Token);
    }

    private ConsumerOptions Options => new() { Cluster = Cluster, Prefetch = Prefetch };

    private Func<Delivery, CancellationToken, ValueTask<DeliveryResult>> Holding(SemaphoreSlim gate) => async (delivery, token) =>
    {
        _seen.Add((Encoding.UTF8.GetString(delivery.Body.Span), delivery.DeliveryCount));
        await gate.WaitAsync(token);
        return DeliveryResult.Ack;
    };

    private void EnqueueAll()
    {
        for (var i = 0; i < Prefetch; i++)
        {
            Broker.Enqueue(Name, $"{i}");
        }
    }
}
