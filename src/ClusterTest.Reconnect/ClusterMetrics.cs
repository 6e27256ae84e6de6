using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ClusterTest.Reconnect;

/// <summary>
/// The meter of this library. Names and units follow OpenTelemetry's semantic conventions for messaging (in development as of 1.37).
/// Instruments that the conventions do not cover are named <c>clustertest.</c>….
/// </summary>
public static class ClusterMetrics
{
    /// <summary>The meter's name, to subscribe to.</summary>
    public const string MeterName = "ClusterTest.Reconnect";

    // The conventions recommend these bounds for durations in seconds.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30],
    };

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> SentMessages = Meter.CreateCounter<long>(
        "messaging.client.sent.messages", "{message}", "Messages that a producer gave to the broker, by result.");

    private static readonly Counter<long> ConsumedMessages = Meter.CreateCounter<long>(
        "messaging.client.consumed.messages", "{message}", "Messages delivered to a consumer.");

    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram(
        "messaging.client.operation.duration", "s", "Time from a publish to its result.", advice: Seconds);

    private static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram(
        "messaging.process.duration", "s", "Time that the handler took.", advice: Seconds);

    private static readonly Counter<long> Interruptions = Meter.CreateCounter<long>(
        "clustertest.session.outages", "{outage}", "Losses of a connection or channel.");

    private static readonly Histogram<double> InterruptionDuration = Meter.CreateHistogram(
        "clustertest.session.outage.duration", "s", "Time from a loss until the session was open again.", advice: Seconds);

    private static readonly Counter<long> Standstills = Meter.CreateCounter<long>(
        "clustertest.session.standstills", "{standstill}", "Times that a session stopped waiting for a step that took too long.");

    private static readonly Counter<long> StaleAcks = Meter.CreateCounter<long>(
        "clustertest.consumer.stale_acks", "{message}", "Acks dropped because their channel was gone.");

    private static readonly Counter<long> Republished = Meter.CreateCounter<long>(
        "clustertest.producer.republished.messages", "{message}", "Messages published again.");

    private static readonly ConcurrentDictionary<object, (ClusterOptions Cluster, Func<ProducerStatistics> Read)> Producers = new();
    private static readonly ConcurrentDictionary<object, (ClusterOptions Cluster, Func<int> Read)> Groups = new();

    // These gauges are read only when a listener collects: they cost nothing before, and are right from the first collection on.
#pragma warning disable CA1823 // The meter holds the instruments.
    private static readonly ObservableUpDownCounter<int> InFlight = Meter.CreateObservableUpDownCounter(
        "clustertest.producer.in_flight.messages",
        static () => Sums(Producers.Values, static producer => (producer.Cluster, producer.Read().InFlight), PublishDestination),
        "{message}",
        "Messages written and not yet confirmed.");

    private static readonly ObservableUpDownCounter<int> Unresolved = Meter.CreateObservableUpDownCounter(
        "clustertest.producer.unresolved.messages",
        static () => Sums(Producers.Values, static producer => (producer.Cluster, producer.Read().Unresolved), PublishDestination),
        "{message}",
        "Messages accepted that have no result yet.");

    private static readonly ObservableUpDownCounter<int> OpenSessions = Meter.CreateObservableUpDownCounter(
        "clustertest.session.open",
        static () => Sums(Groups.Values, static group => (group.Cluster, group.Read()), ConsumeDestination),
        "{session}",
        "Sessions that are open.");
#pragma warning restore CA1823

    /// <summary>Adds the gauges of a producer, until <see cref="Remove"/>.</summary>
    internal static void Add(object producer, ClusterOptions cluster, Func<ProducerStatistics> read) => Producers[producer] = (cluster, read);

    /// <summary>Adds the gauge of a group's sessions, until <see cref="Remove"/>.</summary>
    internal static void Add(object group, ClusterOptions cluster, Func<int> read) => Groups[group] = (cluster, read);

    /// <summary>Removes the gauges of a producer or a group.</summary>
    internal static void Remove(object producerOrGroup)
    {
        Producers.TryRemove(producerOrGroup, out _);
        Groups.TryRemove(producerOrGroup, out _);
    }

    internal static void Sent(ClusterOptions cluster, PublishOutcome outcome, TimeSpan latency)
    {
        if (!SentMessages.Enabled && !OperationDuration.Enabled)
        {
            return;
        }

        var tags = Tags(cluster, "send", PublishDestination(cluster.Topology));
        if (outcome != PublishOutcome.Confirmed)
        {
            tags.Add("error.type", outcome.ToString());
        }

        Add(SentMessages, 1, tags);
        Record(OperationDuration, latency, tags);
    }

    internal static void Consumed(ClusterOptions cluster)
    {
        if (ConsumedMessages.Enabled)
        {
            Add(ConsumedMessages, 1, Tags(cluster, "receive", ConsumeDestination(cluster.Topology)));
        }
    }

    internal static void Processed(ClusterOptions cluster, TimeSpan duration)
    {
        if (ProcessDuration.Enabled)
        {
            Record(ProcessDuration, duration, Tags(cluster, "process", ConsumeDestination(cluster.Topology)));
        }
    }

    internal static void InterruptionBegan(ClusterOptions cluster, Failure cause)
    {
        var tags = Tags(cluster, ConsumeDestination(cluster.Topology));
        tags.Add("error.type", cause.Kind.ToString());
        Add(Interruptions, 1, tags);
    }

    internal static void InterruptionEnded(ClusterOptions cluster, TimeSpan duration) =>
        Record(InterruptionDuration, duration, Tags(cluster, ConsumeDestination(cluster.Topology)));

    internal static void StoodStill(ClusterOptions cluster) => Add(Standstills, 1, Tags(cluster, ConsumeDestination(cluster.Topology)));

    internal static void StaleAck(ClusterOptions cluster, int count = 1) => Add(StaleAcks, count, Tags(cluster, ConsumeDestination(cluster.Topology)));

    internal static void Republish(ClusterOptions cluster) => Add(Republished, 1, Tags(cluster, PublishDestination(cluster.Topology)));

    // A listener is the user's code: its failures must cost no message, no recovery and no process. There is nobody to tell.
    private static void Add(Counter<long> counter, long count, TagList tags)
    {
        try
        {
            counter.Add(count, tags);
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static void Record(Histogram<double> histogram, TimeSpan duration, TagList tags)
    {
        try
        {
            histogram.Record(duration.TotalSeconds, tags);
        }
#pragma warning disable CA1031 // As said above.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Gives the tags for the trace of a message's handling.</summary>
    internal static TagList ProcessTags(Topology topology) => new()
    {
        { "messaging.system", "rabbitmq" },
        { "messaging.destination.name", ConsumeDestination(topology) },
        { "messaging.operation.name", "process" },
    };

    private static string PublishDestination(Topology topology) => $"{topology.Exchange}:{topology.RoutingKey}";

    private static string ConsumeDestination(Topology topology) =>
        topology.Queue == topology.RoutingKey ? PublishDestination(topology) : $"{PublishDestination(topology)}:{topology.Queue}";

    // Measurements with the same tags are added up here, since a listener keeps only one of them.
    private static IEnumerable<Measurement<int>> Sums<T>(
        IEnumerable<T> clients, Func<T, (ClusterOptions Cluster, int Value)> read, Func<Topology, string> nameOf) => clients
        .Select(read)
        .GroupBy(client => (Name: nameOf(client.Cluster.Topology), client.Cluster.Endpoints[0].Host, client.Cluster.ClientName))
        .Select(static same => new Measurement<int>(same.Sum(static client => client.Value), Tags(same.First().Cluster, same.Key.Name)));

    private static TagList Tags(ClusterOptions cluster, string operation, string destination)
    {
        var tags = Tags(cluster, destination);
        tags.Add("messaging.operation.name", operation);
        return tags;
    }

    private static TagList Tags(ClusterOptions cluster, string destination) => new()
    {
        { "messaging.system", "rabbitmq" },
        { "messaging.destination.name", destination },
        { "server.address", cluster.Endpoints[0].Host },
        { "messaging.client.id", cluster.ClientName },
    };
}
