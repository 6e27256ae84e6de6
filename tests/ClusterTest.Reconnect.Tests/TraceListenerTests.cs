using System.Diagnostics;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lesson 31: the client library calls the listeners of its traces within a publish and before a delivery, and what they throw
/// comes out there. Listeners are the process's: these throw for a topology of their own only.
/// </summary>
public sealed class TraceListenerTests() : BrokerTest(new ScriptedBrokerOptions { DeliveryLimit = 20 })
{
    private readonly string _name = $"traced_{Guid.NewGuid():N}";

    private ClusterOptions Traced => Cluster with { Topology = Topology.Named(_name) };

    [Fact]
    public async Task One_that_throws_after_the_write_does_not_shift_the_confirms()
    {
        var stops = 0;
        using var listener = Listen(
            "RabbitMQ.Client.Publisher", null, () => Interlocked.Increment(ref stops) == 1 ? new InvalidOperationException("exporter") : null);
        BasicPublish? first = null;
        Broker.On<BasicPublish>().Once().Do(publish => (first = publish).Store());
        Broker
            .On<BasicPublish>(publish =>
                publish.Connection == first?.Connection && publish.Channel == first.Channel && first.Connection.Unconfirmed > 1)
            .Do(_ => first!.Confirm());
        var producer = Produce(Traced);
        await OpenAsync();
        var doubtful = await producer.PublishAsync(Message("a"), Token);
        Assert.Equal(PublishOutcome.Unknown, doubtful.Outcome);
        Assert.Contains("exporter", doubtful.Reason, StringComparison.Ordinal);
        Assert.True((await producer.PublishAsync(Message("b"), Token)).IsConfirmed);
        Assert.Equal(["a", "b"], Broker.Queue(_name).Ready.Select(message => message.Text));
    }

    [Fact]
    public async Task One_that_always_throws_costs_no_connection_and_no_message_twice()
    {
        using var listener = Listen("RabbitMQ.Client.Publisher", () => new ObjectDisposedException("tracer"), null);
        var producer = Produce(Traced);
        await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            var doubtful = await producer.PublishAsync(Message($"{i}"), Token);
            Assert.Equal((PublishOutcome.Unknown, 1), (doubtful.Outcome, doubtful.Attempts));
        }

        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task One_that_throws_before_a_delivery_costs_no_message()
    {
        var starts = 0;
        using var listener = Listen(
            "RabbitMQ.Client.Subscriber", () => Interlocked.Increment(ref starts) <= 2 ? new InvalidOperationException("exporter") : null, null);
        Consume(Traced);
        await OpenAsync();
        Broker.Enqueue(_name, "a");
        Broker.Enqueue(_name, "b");
        Assert.Equal(["a", "b"], (await AckedAsync(2, _name)).Order());
        Assert.Contains("exporter", Events.Items.First(change => change.To == SessionState.Recovering).Cause!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_always_throws_before_a_delivery_ends_the_consumer_and_the_messages_stay()
    {
        using var listener = Listen("RabbitMQ.Client.Subscriber", () => new InvalidOperationException("exporter"), null);
        var consumer = Consume(Traced);
        await OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            Broker.Enqueue(_name, $"{i}");
        }

        var end = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion.WaitAsync(ScriptedBroker.DefaultTimeout, Token));
        Assert.Contains("exporter", end.Failure.Message, StringComparison.Ordinal);
        await Broker.WaitForAsync(broker => broker.Queue(_name).Ready.Count == 10);
        Assert.Empty(Broker.Queue(_name).Dropped);
    }

    private ActivityListener Listen(string source, Func<Exception?>? started, Func<Exception?>? stopped)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = found => found.Name == source,
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => ThrowIfMine(activity, started),
            ActivityStopped = activity => ThrowIfMine(activity, stopped),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private void ThrowIfMine(Activity activity, Func<Exception?>? failure)
    {
        var isOfKind = activity.OperationName.Contains("deliver", StringComparison.OrdinalIgnoreCase)
            || activity.OperationName.Contains("publish", StringComparison.OrdinalIgnoreCase);
        if (!isOfKind)
        {
            return;
        }

        var words = activity.OperationName + string.Concat(activity.TagObjects.Select(tag => $" {tag.Value}"));
        if (words.Contains(_name, StringComparison.Ordinal) && failure?.Invoke() is { } exception)
        {
            throw exception;
        }
    }
}
