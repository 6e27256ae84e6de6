using ClusterTest.Events;

namespace ClusterTest.Verdicts.Tests;

/// <summary>Evidence as a drill records it; times are in milliseconds from the start.</summary>
internal static class Evidence
{
    internal const string Run = "run-1";
    internal const string Clock = "clock-1";

    internal static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>A producer and a consumer that read one clock.</summary>
    internal static IReadOnlyList<ResultEvent> Programs => [Started("producer"), Started("consumer")];

    /// <summary>The verdict on evidence that is all there.</summary>
    internal static Verdict VerdictOf(params IEnumerable<ResultEvent> events) => Judge.Of(Complete([.. Programs, .. events])).Verdict;

    /// <summary>Adds the summary that each writer writes in the end, with the right counts.</summary>
    internal static IReadOnlyList<ResultEvent> Complete(params IEnumerable<ResultEvent> events)
    {
        List<ResultEvent> all = [.. events];
        if (all.Exists(static written => written is FaultEvent or DrainedEvent or ProblemEvent) && !all.Exists(static written => written is DrillStartedEvent))
        {
            all.Insert(0, DrillStarted());
        }

        foreach (var source in all.GroupBy(static written => written.Source).ToList())
        {
            if (source.Any(static written => written is DrillStartedEvent))
            {
                all.Add(new DrillEndedEvent(source.OfType<FaultEvent>().Count(), source.OfType<DrainedEvent>().Count())
                {
                    Timestamp = At(99_000),
                    Source = source.Key,
                });
            }
            else if (source.Any(static written => written is StartedEvent { Program: "cluster-test-consumer" } or ReceivedEvent or ParkedEvent))
            {
                all.Add(ConsumerSummary(source.OfType<ReceivedEvent>().Count(), source.OfType<ParkedEvent>().Count(), source.Key));
            }
            else if (source.Any(static written => written is StartedEvent or SentEvent or UnknownEvent or ReturnedEvent or NotSentEvent))
            {
                all.Add(ProducerSummary(source));
            }
        }

        return all;
    }

    internal static ConsumerSummaryEvent ConsumerSummary(long received, long parked = 0, string? source = "consumer") =>
        new(received, received, 0, 0, 0, parked, 0, 0, TimeSpan.Zero) { Timestamp = At(99_000), Source = source };

    internal static ProducerSummaryEvent ProducerSummary(string source, IReadOnlyList<HistoryOutcome> outcomes, string run = Run) => new(
        run,
        outcomes.Count(static outcome => outcome is HistoryOutcome.Confirmed),
        outcomes.Count(static outcome => outcome is HistoryOutcome.Unknown),
        outcomes.Count(static outcome => outcome is HistoryOutcome.Returned),
        outcomes.Count(static outcome => outcome is HistoryOutcome.NotSent),
        0,
        0,
        1,
        1,
        null)
    { Timestamp = At(99_000), Source = source };

    internal static DrillStartedEvent DrillStarted(TimeSpan? maxOutage = null, string variant = "", int planned = 0) => new(
        "drill",
        variant,
        Clock,
        "q",
        "q.parked",
        new DrillEnvironment("1.0", "10.0", "Linux", [], null, "localhost:5670"),
        new DrillSettings(["kill"], ["rabbit1"], 1, 200, 1, "quorum", 7, maxOutage, Time: null)
        {
            Plan = [.. Enumerable.Range(1, planned).Select(static id => new PlannedFault(id, "kill", "rabbit1", At: null, TimeSpan.FromSeconds(2)))],
        })
    { Timestamp = At(0), Source = "lab" };

    internal static ProblemEvent Problem(string kind, string detail) => new(kind, detail) { Timestamp = At(9_000), Source = "lab" };

    internal static DateTimeOffset At(double at) => Start.AddMilliseconds(at);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    internal static StartedEvent Started(string source, string clock = Clock, string? program = null) =>
        new($"cluster-test-{program ?? source}", "1.0", clock, 1, "q", "quorum") { Timestamp = At(0), Source = source };

    // Published at the time given, and confirmed when the latency has passed.
    internal static SentEvent Sent(long sequence, double at = 0, double latency = 1, string run = Run, string source = "producer") =>
        new($"m-{sequence}", run, sequence, Ms(latency), 1) { Timestamp = At(at + latency), Source = source };

    internal static UnknownEvent Unknown(long sequence, double at = 0, double latency = 1) =>
        new($"m-{sequence}", Run, sequence, 1) { Timestamp = At(at + latency), Source = "producer", Latency = Ms(latency) };

    internal static ReturnedEvent Returned(long sequence, double at = 0) => new($"m-{sequence}", Run, sequence, 1) { Timestamp = At(at), Source = "producer" };

    internal static NotSentEvent NotSent(long sequence, double at = 0) => new($"m-{sequence}", Run, sequence) { Timestamp = At(at), Source = "producer" };

    internal static ReceivedEvent Received(
        long? sequence, double at = 2, double published = 0, bool redelivered = false, string? run = Run, string source = "consumer") =>
        new($"m-{sequence}", run, sequence, "x", Start.AddMilliseconds(published).ToUnixTimeMilliseconds() / 1000d, redelivered, 0)
        {
            Timestamp = At(at),
            Source = source,
        };

    internal static ParkedEvent Parked(long? sequence, double at = 2, string? run = Run) =>
        new($"m-{sequence}", run, sequence, "not JSON", 0) { Timestamp = At(at), Source = "consumer" };

    internal static DrainedEvent Drained(long sequence, double at = 9_000) =>
        new($"m-{sequence}", Run, sequence, "q", "rabbit1") { Timestamp = At(at), Source = "lab" };

    internal static FaultEvent Fault(
        int id, string step, double at, string fault = "kill", string clock = Clock, string? detail = null, bool takes = false, bool? isChecked = null) =>
        new(id, fault, "rabbit1", "leader", step, clock, detail) { Timestamp = At(at), Source = "lab", TakesMessages = takes, Checked = isChecked };

    internal static OmittedEvent Omitted(double at, long count, double first, double last, string run = Run, string source = "producer") =>
        new(run, count, Ms(first), Ms(last)) { Timestamp = At(at), Source = source };

    private static ProducerSummaryEvent ProducerSummary(IGrouping<string?, ResultEvent> source) => new(
        source.Select(RunOf).OfType<string>().FirstOrDefault($"run of {source.Key}"),
        source.OfType<SentEvent>().Count(),
        source.OfType<UnknownEvent>().Count(),
        source.OfType<ReturnedEvent>().Count(),
        source.OfType<NotSentEvent>().Count(),
        0,
        0,
        1,
        1,
        null)
    { Timestamp = At(99_000), Source = source.Key, Omitted = source.OfType<OmittedEvent>().Sum(static omitted => omitted.Count) };

    private static string? RunOf(ResultEvent written) => written switch
    {
        SentEvent sent => sent.Run,
        UnknownEvent unknown => unknown.Run,
        ReturnedEvent returned => returned.Run,
        NotSentEvent notSent => notSent.Run,
        _ => null,
    };

    internal static LostConnectionEvent Lost(double at, string source = "consumer", int session = 0) =>
        new(session, "localhost:5670", "closed-by-peer", "connection", null, "gone") { Timestamp = At(at), Source = source };

    internal static RecoveredEvent Recovered(double at, double reconnect = 5, string source = "consumer", int session = 0) =>
        new(session, "localhost:5670", Ms(10), Ms(reconnect), 1) { Timestamp = At(at), Source = source };
}
