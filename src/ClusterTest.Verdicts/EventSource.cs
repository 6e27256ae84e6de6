using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>A writer of events: what kind of program it is, which clock it reads, and how its sessions fared.</summary>
internal sealed class EventSource(string name)
{
    private readonly HashSet<string> _clocks = [];
    private readonly Dictionary<int, SessionHistory> _sessions = [];

    /// <summary>Gets the clock that the writer reads: one of its own while it has named none, null if it named several.</summary>
    internal string? Clock => _clocks.Count switch
    {
        0 => name,
        1 => _clocks.Single(),
        _ => null,
    };

    internal bool IsConsumer { get; private set; }

    internal bool IsProducer { get; private set; }

    /// <summary>Gets the losses of all its sessions.</summary>
    internal IEnumerable<SessionLoss> Losses => _sessions.Values.SelectMany(static session => session.Losses);

    internal void Enter(Entry entry)
    {
        switch (entry.Event)
        {
            case StartedEvent started:
                _ = _clocks.Add(started.Clock);
                IsConsumer |= started.Program.EndsWith("consumer", StringComparison.Ordinal);
                IsProducer |= started.Program.EndsWith("producer", StringComparison.Ordinal);
                break;
            case ReadyEvent or ReceivedEvent or ParkedEvent or ConsumerSummaryEvent:
                IsConsumer = true;
                break;
            case SentEvent or UnknownEvent or ReturnedEvent or NotSentEvent or OmittedEvent or ProducerSummaryEvent:
                IsProducer = true;
                break;
            case LostConnectionEvent lost:
                if (!_sessions.TryGetValue(lost.Session, out var session))
                {
                    _sessions[lost.Session] = session = new SessionHistory();
                }

                session.Lose(entry.At);
                break;
            case RecoveredEvent recovered when _sessions.TryGetValue(recovered.Session, out var history):
                history.Recover(entry.At, Interval.Before(entry.At, recovered.Reconnect).Length);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Enters signs of life in the second reading, when all losses are known. A producer writes its confirms in the order of publishing,
    /// so lines after a loss may tell of confirms before the loss.
    /// </summary>
    internal void Hear(Entry entry)
    {
        switch (entry.Event)
        {
            case ReceivedEvent received:
                _sessions.GetValueOrDefault(received.Session)?.Hear(entry.At);
                break;
            case ParkedEvent parked:
                _sessions.GetValueOrDefault(parked.Session)?.Hear(entry.At);
                break;
            case SentEvent:
                foreach (var session in _sessions.Values)
                {
                    session.Hear(entry.At);
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The clock that all these sources read; null if there are no sources, or if they read several clocks.</summary>
    internal static string? CommonClock(IEnumerable<EventSource> sources) =>
        sources.Select(static source => source.Clock).Distinct().ToList() is [var clock] ? clock : null;
}
