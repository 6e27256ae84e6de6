using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class ClusterMetricsTests : BrokerTest
{
    private readonly MeasurementRecorder _recorder = new();

    // Names of their own, to tell these measurements from those of tests that run at the same time.
    private readonly Topology _topology = new() { Exchange = "metrics.e", Queue = $"metrics.{Guid.NewGuid():N}", RoutingKey = $"k.{Guid.NewGuid():N}" };

    private string Destination => $"metrics.e:{_topology.RoutingKey}";

    [Fact]
    public void Has_the_names_and_units_of_the_conventions()
    {
        ClusterMetrics.StaleAck(Cluster);
        Assert.Equal(
            [
                "clustertest.consumer.stale_acks {message}",
                "clustertest.producer.in_flight.messages {message}",
                "clustertest.producer.republished.messages {message}",
                "clustertest.producer.unresolved.messages {message}",
                "clustertest.session.open {session}",
                "clustertest.session.outage.duration s",
                "clustertest.session.outages {outage}",
                "clustertest.session.standstills {standstill}",
                "messaging.client.consumed.messages {message}",
                "messaging.client.operation.duration s",
                "messaging.client.sent.messages {message}",
                "messaging.process.duration s",
            ],
            _recorder.Instruments.Items.Select(instrument => $"{instrument.Name} {instrument.Unit}").Order(StringComparer.Ordinal));
        Assert.All(_recorder.Instruments.Items, instrument => Assert.False(string.IsNullOrEmpty(instrument.Description)));
    }

    [Fact]
    public async Task Measures_what_is_sent_and_consumed()
    {
        Consume(Cluster with { Topology = _topology });
        var producer = Produce(Cluster with { Topology = _topology, OnSessionEvent = null });
        await producer.PublishAsync(Message("a"), Token);
        var sent = await _recorder.Measurements.WaitForAsync(measured => measured.Name == "messaging.client.sent.messages" && IsOurs(measured));
        Assert.Equal(
            (1, "rabbitmq", "send", ScriptedBroker.Host),
            (sent.Value, sent.Tags["messaging.system"], sent.Tags["messaging.operation.name"], sent.Tags["server.address"]));
        Assert.Equal(Destination, sent.Tags["messaging.destination.name"]);
        Assert.DoesNotContain("error.type", sent.Tags);
        var duration = await _recorder.Measurements.WaitForAsync(measured => measured.Name == "messaging.client.operation.duration" && IsOurs(measured));
        Assert.InRange(duration.Value, 0, 10);

        var consumed = await _recorder.Measurements.WaitForAsync(measured => measured.Name == "messaging.client.consumed.messages" && IsOurs(measured));
        Assert.Equal(
            (1, "receive", $"{Destination}:{_topology.Queue}"),
            (consumed.Value, consumed.Tags["messaging.operation.name"], consumed.Tags["messaging.destination.name"]));
        var processed = await _recorder.Measurements.WaitForAsync(measured => measured.Name == "messaging.process.duration" && IsOurs(measured));
        Assert.Equal("process", processed.Tags["messaging.operation.name"]);
    }

    [Fact]
    public async Task Tells_what_was_not_confirmed()
    {
        Broker.WithholdConfirms();
        var producer = Produce(new ProducerOptions { Cluster = Cluster with { Topology = _topology }, PublishTimeout = TimeSpan.FromMilliseconds(100) });
        Assert.False((await producer.PublishAsync(Message("a"), Token)).IsConfirmed);
        var sent = await _recorder.Measurements.WaitForAsync(measured => measured.Name == "messaging.client.sent.messages" && IsOurs(measured));
        Assert.Contains(sent.Tags["error.type"], new object[] { "Unknown", "NotSent" });
    }

    [Fact]
    public async Task Counts_an_outage_once_and_a_late_start_never()
    {
        Broker.On<Accepted>().Times(3).Disconnect();
        Consume(Cluster with { Topology = _topology });
        await OpenAsync();
        Assert.DoesNotContain(
            _recorder.Measurements.Items,
            measured => IsOurs(measured) && measured.Name.StartsWith("clustertest.session", StringComparison.Ordinal));

        Broker.On<Accepted>().Times(3).Disconnect();
        Broker.OpenConnections[0].Reset();
        await OpenAsync(2);
        var outage = Assert.Single(_recorder.Measurements.Items, measured => IsOurs(measured) && measured.Name == "clustertest.session.outages");
        Assert.Equal((1, "ClosedByPeer"), (outage.Value, outage.Tags["error.type"]));
        Assert.Single(_recorder.Measurements.Items, measured => IsOurs(measured) && measured.Name == "clustertest.session.outage.duration");
    }

    [Fact]
    public async Task Gauges_what_is_in_flight_and_unresolved_and_which_sessions_are_open()
    {
        Broker.WithholdConfirms();
        var producer = Produce(new ProducerOptions
        {
            Cluster = Cluster with { Topology = _topology, Sessions = 2, ClientName = "gauged", DrainTimeout = TimeSpan.Zero },
            Window = 2,
        });
        await OpenAsync();
        await OpenAsync(session: 1);
        var publishing = Enumerable.Range(0, 3).Select(i => producer.PublishAsync(Message($"{i}"), Token)).ToList();
        await Broker.ReceivedAsync<BasicPublish>(count: 2);
        Assert.Equal(
            (2, 3, 2),
            (Gauge("clustertest.producer.in_flight.messages"), Gauge("clustertest.producer.unresolved.messages"), Gauge("clustertest.session.open")));
        await producer.StopAsync();
        await Task.WhenAll(publishing);
        await producer.DisposeAsync();
        Assert.Null(Gauge("clustertest.session.open"));
        Assert.Null(Gauge("clustertest.producer.in_flight.messages"));
    }

    [Fact]
    public async Task Tells_of_whom_messages_were_published_again_and_acks_dropped()
    {
        var producer = Produce(Cluster with { Topology = _topology, ClientName = "again" });
        await OpenAsync();
        var withheld = Broker.WithholdConfirms();
        var publishing = producer.PublishAsync(Message("a"), Token);
        await Broker.ReceivedAsync<BasicPublish>();
        withheld.Remove();
        Broker.OpenConnections[0].Reset();
        await publishing;
        var republished = await _recorder.Measurements.WaitForAsync(
            measured => measured.Name == "clustertest.producer.republished.messages" && IsOurs(measured));
        Assert.Equal("again", republished.Tags["messaging.client.id"]);
    }

    [Fact]
    public async Task Gauges_clients_that_have_the_same_tags_together()
    {
        // Whoever collects keeps one measurement of those that have the same tags.
        var cluster = Cluster with { Topology = _topology, ClientName = "both" };
        Produce(cluster);
        Produce(cluster);
        await Events.WaitForAsync(change => change.To == SessionState.Open, count: 2);
        Assert.Equal((2, 0), (Gauge("clustertest.session.open"), Gauge("clustertest.producer.in_flight.messages")));
    }

    private double? Gauge(string name)
    {
        var before = _recorder.Measurements.Items.Count;
        _recorder.Collect();
        return _recorder.Measurements.Items.Skip(before).SingleOrDefault(measured => measured.Name == name && IsOurs(measured))?.Value;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _recorder.Dispose();
        GC.SuppressFinalize(this);
    }

    private bool IsOurs(Measured measured) =>
        measured.Tags.GetValueOrDefault("messaging.destination.name") is string name && name.StartsWith(Destination, StringComparison.Ordinal);
}
