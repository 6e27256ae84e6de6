using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Verdicts;

/// <summary>The first reading of the evidence: what became of each message, who wrote, and which faults there were.</summary>
internal sealed class Survey
{
    private readonly Dictionary<string, EventSource> _sources = [];
    private readonly FaultHistory _history = new();

    internal Survey(IEnumerable<Entry> evidence)
    {
        foreach (var entry in evidence)
        {
            Enter(entry);
        }

        Faults = _history.Close();
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

    /// <summary>Gets the clock that all consumers read; null if it is not one.</summary>
    internal string? ConsumerClock { get; }

    /// <summary>Gets the clock that all producers read; null if it is not one.</summary>
    internal string? ProducerClock { get; }

    /// <summary>Gets a value indicating whether times of consumers and producers can be compared.</summary>
    internal bool IsOneClock => ConsumerClock is not null && ConsumerClock == ProducerClock;

    /// <summary>Gets the time from the first confirm or delivery to the last.</summary>
    internal Interval? Span { get; private set; }

    /// <summary>The writer of an entry; null if it wrote nothing before, as in a file that still grows.</summary>
    internal EventSource? SourceOf(Entry entry) => _sources.GetValueOrDefault(entry.Source);

    private void Enter(Entry entry)
    {
        if (!_sources.TryGetValue(entry.Source, out var source))
        {
            _sources[entry.Source] = source = new EventSource(entry.Source);
        }

        source.Enter(entry);
        Ledger.Add(entry.Event);
        if (entry.Event is FaultEvent fault)
        {
            _history.Enter(entry.Source, fault, entry.At);
        }
        else if (entry.Event is SentEvent or ReceivedEvent or ParkedEvent)
        {
            Span = new Interval(
                Span is { } begun && begun.From < entry.At ? begun.From : entry.At,
                Span is { } going && going.To > entry.At ? going.To : entry.At);
        }
    }
}
