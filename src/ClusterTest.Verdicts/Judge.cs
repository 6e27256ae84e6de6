using System.Runtime.ExceptionServices;
using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// Judges recorded evidence. Pure: the same evidence gives the same judgement, whatever the order of the files. The judge reads the evidence three
/// times. <c>docs/verdict.md</c> has the rule of each number.
/// </summary>
public static class Judge
{
    private static readonly double[] Percentiles = [0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 90, 95, 99, 99.9, 99.99, 100];

    /// <summary>Judges event files: a drill's, or those of any number of producers and consumers. A file that is named twice is read as one.</summary>
    /// <param name="files">Their paths.</param>
    /// <param name="maxOutage">Longest outage allowed; if null, what the drills in the evidence allow.</param>
    /// <exception cref="EvidenceException">A file cannot be read or is no event file.</exception>
    public static Judgement OfFiles(IReadOnlyList<string> files, TimeSpan? maxOutage = null) =>
        OfFiles(EventFile.At(files.Order(StringComparer.Ordinal)), maxOutage);

    /// <summary>Reads event files, and judges them.</summary>
    internal static Judgement OfFiles(IReadOnlyList<EventFile> files, TimeSpan? maxOutage)
    {
        EventFile[] ordered = [.. files.OrderBy(static file => file.Path, StringComparer.Ordinal)];
        using var scratch = new Scratch();
        Read(ordered, scratch);

        return Of(ordered.SelectMany(static file => file.Events), maxOutage, () => ordered.SelectMany(static file => file.Gaps));
    }

    // Several at a time. Of several files that cannot be read, the first is told.
    private static void Read(EventFile[] files, Scratch scratch)
    {
        var failures = new ExceptionDispatchInfo?[files.Length];
        _ = Parallel.For(0, files.Length, index =>
        {
            try
            {
                files[index].Read(scratch);
            }
            catch (EvidenceException exception)
            {
                failures[index] = ExceptionDispatchInfo.Capture(exception);
            }
        });
        Array.Find(failures, static failure => failure is not null)?.Throw();
    }

    /// <summary>Judges events that can be read several times. The events of one source have to be in the order in which the source wrote them.</summary>
    public static Judgement Of(IEnumerable<ResultEvent> evidence, TimeSpan? maxOutage = null) => Of(
        evidence.Select(static written => Entry.Of(written.Source ?? "", written)),
        maxOutage,
        static () => []);

    private static Judgement Of(IEnumerable<Entry> evidence, TimeSpan? maxOutage, Func<IEnumerable<string>> gaps)
    {
        var clocks = new Clocks(evidence);
        var placed = evidence.Select(clocks.Place);
        var survey = new Survey(placed, FaultHistory.Of(clocks.FaultSteps));
        var measured = new Measurement(survey, placed);
        var verdict = VerdictOf(survey, measured, [.. survey.Gaps, .. gaps()]) with { MaxOutage = maxOutage ?? survey.MaxOutage };
        return new Judgement(OutcomeRule.Apply(verdict), measured.Timeline, Curve(measured.ConfirmLatencies), Curve(measured.DelayLatencies));
    }

    private static Verdict VerdictOf(Survey survey, Measurement measured, IReadOnlyList<string> gaps)
    {
        var ledger = survey.Ledger;
        var count = new MessageCount(ledger.Messages, survey.QueuesWereEmptied);
        var isComplete = gaps.Count is 0;
        return new Verdict
        {
            Confirmed = ledger.Confirmed,
            Received = ledger.Received,
            ConfirmedReceived = count.ConfirmedReceived,
            Lost = isComplete ? count.Unaccounted : 0,
            LostMessages = isComplete ? count.UnaccountedMessages : [],
            Missing = isComplete ? 0 : count.Unaccounted,
            Discarded = count.Discarded,
            LeftBehind = count.LeftBehind,
            Duplicated = count.Duplicated,
            DuplicatedRedelivered = count.DuplicatedRedelivered,
            Reordered = measured.Reordered,
            Late = measured.Late,
            Lateness = measured.Late is null ? null : measured.LateMessages.Longest,
            Unexpected = ledger.Unexpected,
            Unknown = count.Unknown,
            Recovered = count.Recovered,
            Returned = count.Returned,
            NotSent = count.NotSent,
            Omitted = measured.Omitted,
            Parked = count.Parked,
            WithoutOutcome = count.WithoutOutcome,
            Damaged = ledger.Damaged,
            Gaps = gaps,
            Problems = survey.Problems,
            Untried = survey.Untried,
            Outage = measured.Outages.OfAll,
            Stall = measured.Stalls.OfAll,
            Delay = measured.Delays.OfAll,
            ConfirmLatency = measured.ConfirmLatencies.Summarize(),
            Producers = survey.Producers.Count,
            Consumers = survey.Consumers.Count,
            Faults = [.. survey.Faults.Select((fault, index) => AccountOf(fault, index, survey, measured, isComplete))],
        };
    }

    private static FaultAccount AccountOf(FaultRecord fault, int index, Survey survey, Measurement measured, bool isComplete)
    {
        var byConsumers = survey.ConsumerClock == fault.Fault.Clock;
        var byProducers = survey.ProducerClock == fault.Fault.Clock;
        var (consumer, producer) = (byConsumers ? RecoveryOf(fault, survey.Consumers) : null, byProducers ? RecoveryOf(fault, survey.Producers) : null);
        return new FaultAccount(
            fault.Fault.Id,
            fault.Fault.Fault,
            fault.Fault.Node,
            fault.Fault.Role,
            fault.Injected,
            fault.Effective,
            fault.Healed,
            fault.Failure,
            byConsumers ? measured.Outages.Of(index) : null,
            byProducers ? measured.Stalls.Of(index) : null,
            byConsumers && byProducers ? measured.Delays.Of(index) : null,
            consumer,
            producer)
        {
            Checked = fault.Fault.Checked,
            StaysBroken = fault.Fault.StaysBroken,
            Late = byConsumers && byProducers ? measured.LateMessages.Of(fault) : null,
            Backlog = isComplete && byConsumers && byProducers ? measured.Backlogs.Of(fault) : null,
            CatchUp = isComplete && byConsumers && byProducers ? measured.Backlogs.CatchUpOf(fault) : null,
            Noticed = consumer is not null || producer is not null || fault is { Fault.Checked: true, Effective: not null } ? true
                : fault is { Fault.Checked: false, Effective: not null } && byConsumers && byProducers ? false
                : null,
            Failover = fault.Failover,
        };
    }

    private static RecoveryTimes? RecoveryOf(FaultRecord fault, IReadOnlyList<EventSource> programs)
    {
        var losses = programs.SelectMany(static program => program.Losses).Where(loss => fault.Covers(loss.At)).ToList();
        return losses.Count is 0 ? null : new RecoveryTimes(
            losses.Max(loss => loss.At - SignBefore(loss)),
            losses.Max(static loss => loss.Reconnect),
            losses.All(static loss => loss.Ready is not null) ? losses.Max(loss => loss.Ready - (SignBefore(loss) ?? loss.At)) : null);

        // The time at which a command started is not the time at which something broke.
        DateTime? SignBefore(SessionLoss loss) => fault.Fault.Checked is false ? loss.LastSign : loss.LastSignSince(fault.Injected);
    }

    private static IReadOnlyList<LatencyPoint> Curve(LatencyRecorder latencies) =>
        latencies.Count is 0 ? [] : [.. Percentiles.Select(percentile => new LatencyPoint(percentile, latencies.At(percentile)))];
}
