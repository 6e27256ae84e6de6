using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>The first reading of the evidence: what became of each message, who wrote, and which faults there were.</summary>
internal sealed class Survey
{
    private readonly TextMap<EventSource> _sources = new();
    private readonly TextMap<Completeness> _completeness = new();
    private readonly List<(string Source, Problem Problem)> _problems = [];
    private readonly Dictionary<string, int> _summaries = [];
    private readonly HashSet<(string Source, int Fault)> _planned = [];
    private readonly HashSet<(string Source, int Fault)> _tried = [];
    private readonly LateRule _late;
    private readonly Healings _healings;

    // There are no more of these than producers had unconfirmed, or due, when faults took effect and when their healing began.
    private readonly Dictionary<MessageKey, DateTime> _lateConfirms = [];

    internal Survey(IEnumerable<Entry> evidence, IReadOnlyList<FaultRecord> faults)
    {
        Faults = faults;
        _late = new LateRule(faults);
        _healings = new Healings(faults);
        foreach (var entry in evidence)
        {
            Enter(entry);
        }

        Consumers = [.. _sources.Values.Where(static source => source.IsConsumer)];
        Producers = [.. _sources.Values.Where(static source => source.IsProducer)];
        ConsumerClock = EventSource.CommonClock(Consumers);
        ProducerClock = EventSource.CommonClock(Producers);
    }

    internal MessageLedger Ledger { get; } = new();

    /// <summary>Gets the faults in the order of injection.</summary>
    internal IReadOnlyList<FaultRecord> Faults { get; }

    internal IReadOnlyList<EventSource> Consumers { get; }

    internal IReadOnlyList<EventSource> Producers { get; }

    /// <summary>Gets the clock that all consumers read; null if they do not read the same one.</summary>
    internal string? ConsumerClock { get; }

    /// <summary>Gets the clock that all producers read; null if they do not read the same one.</summary>
    internal string? ProducerClock { get; }

    /// <summary>Gets a value indicating whether times of consumers and producers can be compared.</summary>
    internal bool IsOneClock => ConsumerClock is not null && ConsumerClock == ProducerClock;

    /// <summary>Gets what is missing from the evidence, one sentence for each gap.</summary>
    internal IReadOnlyList<string> Gaps =>
    [
        .. (Producers.Count, Consumers.Count) switch
        {
            (0, 0) when _problems.Exists(static told => told.Problem.Kind is ProblemKind.NotRun or ProblemKind.Skipped) => [],
            (0, 0) => ["There are no events of a producer or a consumer in it. Name what both wrote with --output json."],
            (0, _) => ["There are no events of a producer in it, so nothing is known to have been confirmed. Name its file, too."],
            (_, 0) => ["There are no events of a consumer in it, so nothing is known to have been received. Name its file, too."],
            _ => Array.Empty<string>(),
        },
        .. _summaries
            .Where(static run => run.Value > 1)
            .Select(static run => $"Run {run.Key} is summed up {run.Value} times: a copy of its file is among these.")
            .Order(StringComparer.Ordinal),
        .. _completeness.All.OrderBy(static source => source.Key, StringComparer.Ordinal).SelectMany(static source => source.Value.Gaps),
    ];

    /// <summary>Gets what went wrong, source by source, in the order in which each source told it.</summary>
    internal IReadOnlyList<Problem> Problems => [.. _problems.OrderBy(static told => told.Source, StringComparer.Ordinal).Select(static told => told.Problem)];

    /// <summary>Gets a value indicating whether somebody took all messages out of the queues in the end, and out of the parked queue too.</summary>
    internal bool QueuesWereEmptied { get; private set; }

    /// <summary>Gets the longest outage that a drill of the evidence allows; null if no drill sets a limit.</summary>
    internal TimeSpan? MaxOutage { get; private set; }

    /// <summary>Gets how many faults were planned and never begun.</summary>
    internal int Untried => _planned.Except(_tried).Count();

    /// <summary>Gets the time from the first confirm or delivery to the last.</summary>
    internal Interval? Span { get; private set; }

    /// <summary>
    /// When a message was confirmed, if it was due before a fault and confirmed only when that fault was over, or due before a healing began and confirmed
    /// only then; null for all others.
    /// </summary>
    internal DateTime? LateConfirmOf(MessageKey message) => _lateConfirms.TryGetValue(message, out var at) ? at : null;

    /// <summary>The writer of an entry; null if the survey met no line of that writer, as may be in a file that still grows.</summary>
    internal EventSource? SourceOf(Entry entry) => _sources.TryGetValue(entry.Source, out var source) ? source : null;

    private void Enter(Entry entry)
    {
        if (!_sources.TryGetValue(entry.Source, out var source))
        {
            source = new EventSource(entry.Source);
            _sources.Add(entry.Source, source);
        }

        if (!_completeness.TryGetValue(entry.Source, out var completeness))
        {
            completeness = new Completeness(entry.Source);
            _completeness.Add(entry.Source, completeness);
        }

        source.Enter(entry);
        completeness.Enter(entry.Event);
        Ledger.Add(entry.Event);
        switch (entry.Event)
        {
            case FaultEvent fault:
                _ = _tried.Add((entry.Source, fault.Id));
                break;
            case DrillStartedEvent { Settings: var settings }:
                MaxOutage = settings.MaxOutage < MaxOutage ? settings.MaxOutage : MaxOutage ?? settings.MaxOutage;
                _planned.UnionWith(settings.Plan.Select(planned => (entry.Source, planned.Id)));
                break;
            case ProducerSummaryEvent { Run: { } run }:
                _summaries[run] = _summaries.GetValueOrDefault(run) + 1;
                break;
            case ProblemEvent problem:
                _problems.Add((entry.Source, new Problem(problem.Kind, problem.Detail)));
                break;
            case DrillEndedEvent ended:
                QueuesWereEmptied |= ended.Drained is not null;
                break;
            case SentEvent or ReceivedEvent or ParkedEvent:
                if (entry.Event is SentEvent sent && Interval.SinceDue(entry.At, sent) is var wait
                    && (_late.IsStalledThroughFault(wait) || _healings.BeganBetween(wait)))
                {
                    var message = new MessageKey(sent.Run, sent.Sequence);
                    _lateConfirms[message] = LateConfirmOf(message) is { } earlier && earlier < entry.At ? earlier : entry.At;
                }

                Span = new Interval(
                    Span is { } begun && begun.From < entry.At ? begun.From : entry.At,
                    Span is { } going && going.To > entry.At ? going.To : entry.At);
                break;
            default:
                break;
        }
    }
}
