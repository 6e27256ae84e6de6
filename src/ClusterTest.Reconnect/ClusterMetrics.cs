using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ClusterTest.Reconnect;

/// <summary>
/// The meter of this library. Names and units follow OpenTelemetry's semantic conventions for messaging (in development as of 1.37);
/// what they do not cover is under <c>clustertest.</c>.
/// </summary>
public static class ClusterMetrics
{
    /// <summary>The meter's name, to subscribe to.</summary>
    public const string MeterName = "ClusterTest.Reconnect";

    // The conventions' advice for durations in seconds.
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30] };

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> SentMessages = Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages that a producer gave to the broker, by result.");
    private static readonly Counter<long> ConsumedMessages = Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages delivered to a consumer.");
    private static readonly Histogram<double> OperationDuration = Meter.CreateHistogram("messaging.client.operation.duration", "s", "Time from a publish to its result.", advice: Seconds);
    private static readonly Histogram<double> ProcessDuration = Meter.CreateHistogram("messaging.process.duration", "s", "Time that the handler took.", advice: Seconds);
    private static readonly Counter<long> Outages = Meter.CreateCounter<long>("clustertest.session.outages", "{outage}", "Losses of a connection or channel.");
    private static readonly Histogram<double> OutageDuration = Meter.CreateHistogram("clustertest.session.outage.duration", "s", "Time from a loss until the session was ready again.", advice: Seconds);
    private static readonly Counter<long> Standstills = Meter.CreateCounter<long>("clustertest.session.standstills", "{standstill}", "Times that a session was forced to go on because something it waited for stood still.");
    private static readonly Counter<long> StaleAcks = Meter.CreateCounter<long>("clustertest.consumer.stale_acks", "{message}", "Acks dropped because their channel was gone.");
    private static readonly Counter<long> Republished = Meter.CreateCounter<long>("clustertest.producer.republished.messages", "{message}", "Messages published again.");

    private static readonly ConcurrentDictionary<object, (ClusterOptions Cluster, Func<ProducerStatistics> Read)> Producers = new();
    private static readonly ConcurrentDictionary<object, (ClusterOptions Cluster, Func<int> Read)> Groups = new();

    // Read when somebody collects, so that they cost nothing and are right however late that begins.
#pragma warning disable CA1823 // The meter has them.
    private static readonly ObservableUpDownCounter<int> InFlight = Meter.CreateObservableUpDownCounter("clustertest.producer.in_flight.messages", static () => Sums(Producers.Values, static producer => (producer.Cluster, producer.Read().InFlight), Destination), "{message}", "Messages written and not yet confirmed.");
    private static readonly ObservableUpDownCounter<int> Unresolved = Meter.CreateObservableUpDownCounter("clustertest.producer.unresolved.messages", static () => Sums(Producers.Values, static producer => (producer.Cluster, producer.Read().Unresolved), Destination), "{message}", "Messages accepted whose result is still open.");
    private static readonly ObservableUpDownCounter<int> OpenSessions = Meter.CreateObservableUpDownCounter("clustertest.session.open", static () => Sums(Groups.Values, static group => (group.Cluster, group.Read()), Source), "{session}", "Sessions that are open.");
#pragma warning restore CA1823

    /// <summary>Lets a producer's gauges be read, until it is removed.</summary>
    internal static void Add(object producer, ClusterOptions cluster, Func<ProducerStatistics> read) => Producers[producer] = (cluster, read);

    /// <summary>Lets the gauge of a group's sessions be read, until it is removed.</summary>
    internal static void Add(object group, ClusterOptions cluster, Func<int> read) => Groups[group] = (cluster, read);

    /// <summary>Ends the gauges of a producer or a group.</summary>
    internal static void Remove(object source)
    {
        Producers.TryRemove(source, out _);
        Groups.TryRemove(source, out _);
    }

    internal static void Sent(ClusterOptions cluster, PublishOutcome outcome, TimeSpan latency)
    {
        if (!SentMessages.Enabled && !OperationDuration.Enabled)
        {
            return;
        }

        var tags = Tags(cluster, "send", Destination(cluster.Topology));
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
            Add(ConsumedMessages, 1, Tags(cluster, "receive", Source(cluster.Topology)));
        }
    }

    internal static void Processed(ClusterOptions cluster, TimeSpan duration)
    {
        if (ProcessDuration.Enabled)
        {
            Record(ProcessDuration, duration, Tags(cluster, "process", Source(cluster.Topology)));
        }
    }

    internal static void OutageBegan(ClusterOptions cluster, Failure cause)
    {
        var tags = Tags(cluster, Source(cluster.Topology));
        tags.Add("error.type", cause.Kind.ToString());
        Add(Outages, 1, tags);
    }

    internal static void OutageEnded(ClusterOptions cluster, TimeSpan duration) =>
        Record(OutageDuration, duration, Tags(cluster, Source(cluster.Topology)));

    internal static void StoodStill(ClusterOptions cluster) => Add(Standstills, 1, Tags(cluster, Source(cluster.Topology)));

    internal static void StaleAck(ClusterOptions cluster) => Add(StaleAcks, 1, Tags(cluster, Source(cluster.Topology)));

    internal static void Republish(ClusterOptions cluster) => Add(Republished, 1, Tags(cluster, Destination(cluster.Topology)));

    // What listens is the user's code: its failures must cost no message, no recovery and no process. There is nobody to tell.
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

    /// <summary>Gives the tags of a message's handling, for its trace.</summary>
    internal static TagList ProcessTags(Topology topology) => new()
    {
        { "messaging.system", "rabbitmq" },
        { "messaging.destination.name", Source(topology) },
        { "messaging.operation.name", "process" },
    };

    private static string Destination(Topology topology) => $"{topology.Exchange}:{topology.RoutingKey}";

    private static string Source(Topology topology) =>
        topology.Queue == topology.RoutingKey ? Destination(topology) : $"{Destination(topology)}:{topology.Queue}";

    // Whoever collects keeps one measurement of those that have the same tags.
    private static IEnumerable<Measurement<int>> Sums<T>(IEnumerable<T> sources, Func<T, (ClusterOptions Cluster, int Value)> read, Func<Topology, string> nameOf) => sources
        .Select(read)
        .GroupBy(source => (Name: nameOf(source.Cluster.Topology), source.Cluster.Endpoints[0].Host, source.Cluster.ClientName))
        .Select(static same => new Measurement<int>(same.Sum(static source => source.Value), Tags(same.First().Cluster, same.Key.Name)));

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
