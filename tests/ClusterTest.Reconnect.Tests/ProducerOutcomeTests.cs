using System.Diagnostics.Metrics;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>A message is confirmed when a queue has it, whatever its id is and whatever code of the user's fails.</summary>
public sealed class ProducerOutcomeTests : BrokerTest
{
    [Theory]
    [InlineData("x")]
    [InlineData("")]
    public async Task A_return_belongs_to_the_message_that_was_returned_also_among_messages_of_one_id(string id)
    {
        // Field lesson 30.
        Broker.On<BasicPublish>(publish => publish.Text == "2").Once().Do(publish =>
        {
            publish.Return();
            publish.Confirm();
        });
        var first = Broker.On<BasicPublish>(publish => publish.Text == "1").Once().Do(publish => publish.Store());
        var producer = Produce();
        await OpenAsync();
        var results = Enumerable.Range(1, 3).Select(i => producer.PublishAsync(Message($"{i}") with { MessageId = id }, Token)).ToList();
        await Broker.ReceivedAsync<BasicPublish>(publish => publish.Text == "3");
        foreach (var unconfirmed in Broker.Unconfirmed)
        {
            unconfirmed.Confirm();
        }

        Assert.All(await Task.WhenAll(results), result => Assert.True(result.IsConfirmed));
        Assert.Equal(2, (await results[1]).Attempts);
        Assert.Equal(1, first.Hits);
        Assert.Superset(new HashSet<string> { "1", "2", "3" }, Broker.Queue(Name).Ready.Select(message => message.Text).ToHashSet());
    }

    [Fact]
    public async Task A_logger_and_an_observer_that_throw_cost_no_outcome()
    {
        // Field lesson 31.
        var cluster = Cluster with { LoggerFactory = new ThrowingLoggers(), OnSessionEvent = ThrowingObserver };
        var producer = Produce(cluster);
        await OpenAsync();
        Broker.DeleteQueue(Name);
        var results = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => producer.PublishAsync(Message($"{i}"), Token)));
        Assert.All(results, result => Assert.True(result.IsConfirmed));
        Assert.Equal(["1", "2", "3"], Broker.Queue(Name).Ready.Select(message => message.Text).Order());

        Broker.OpenConnections[0].Block("memory");
        Broker.OpenConnections[0].Unblock();
        Broker.OpenConnections[0].Reset();
        Assert.True((await producer.PublishAsync(Message("4"), Token)).IsConfirmed);
        await producer.StopAsync();
        Assert.True(producer.Completion.IsCompletedSuccessfully);

        void ThrowingObserver(SessionEvent change)
        {
            Events.Add(change);
            throw new InvalidOperationException("observer");
        }
    }

    [Fact]
    public async Task A_consumer_goes_on_with_a_logger_that_throws()
    {
        // Field lesson 31.
        var consumer = Consume(
            delivery => delivery.MessageId == "bad" ? throw new FormatException("no number") : new(DeliveryResult.Ack),
            Cluster with { LoggerFactory = new ThrowingLoggers() });
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties { MessageId = "bad" });
        Broker.Enqueue(Name, "b");
        Assert.Equal(["a", "b"], (await AckedAsync(2)).Order());
        Broker.OpenConnections[0].Reset();
        await OpenAsync(2);
        Broker.Enqueue(Name, "c");
        await AckedAsync(3);
        await consumer.StopAsync();
        Assert.True(consumer.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_listener_of_the_metrics_that_throws_costs_no_place_in_the_window()
    {
        // Field lesson 31.
        const string exchange = "listener_that_throws";
        using var listener = ThrowingListener(exchange);
        var topology = Topology.Named(exchange);
        var producer = Produce(new ProducerOptions { Cluster = Cluster with { Topology = topology }, Window = 1 });
        await OpenAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.True((await producer.PublishAsync(Message($"{i}"), Token).WaitAsync(ScriptedBroker.DefaultTimeout, Token)).IsConfirmed);
        }

        Consume(_ => new(DeliveryResult.Ack), Cluster with { Topology = topology });
        await AckedAsync(3, exchange);
    }

    [Fact]
    public async Task An_outcome_that_cannot_be_told_does_not_end_the_expiry_of_the_others()
    {
        const string exchange = "listener_that_throws_at_expiry";
        using var listener = ThrowingListener(exchange);
        var cluster = Cluster with { Topology = Topology.Named(exchange) };
        var time = new FakeTimeProvider();
        var outbox = new Outbox(4, TimeSpan.FromSeconds(1), time, (outcome, latency) => ClusterMetrics.Sent(cluster, outcome, latency));
        var results = Enumerable.Range(0, 6).Select(i => outbox.Add(new OutgoingContent(Message($"{i}")), Token).Result).ToList();
        time.Advance(TimeSpan.FromSeconds(1));
        outbox.Tick();
        Assert.All(await Task.WhenAll(results), result => Assert.Equal(PublishOutcome.NotSent, result.Outcome));
    }

    private static MeterListener ThrowingListener(string exchange)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ClusterMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => ThrowIfMine(tags));
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) => ThrowIfMine(tags));
        listener.Start();
        return listener;

        void ThrowIfMine(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.ToArray().Any(tag => tag.Value is string text && text.StartsWith(exchange, StringComparison.Ordinal)))
            {
                throw new InvalidOperationException("listener");
            }
        }
    }

    private sealed class ThrowingLoggers : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("logger");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("logger");

        public void Dispose()
        {
        }
    }
}
