using ClusterTest.Cli.Events;

namespace ClusterTest.Lab.Verdicts;

/// <summary>A writer of events: what it is, which clock it reads, and how its sessions fared.</summary>
internal sealed class EventSource(string name)
{
    private readonly HashSet<string> _clocks = [];
    private readonly Dictionary<int, SessionLoss> _lost = [];
    private readonly List<SessionLoss> _losses = [];

    /// <summary>Gets its clock; one of its own while it has not told, and null when it told several.</summary>
    internal string? Clock => _clocks.Count switch
    {
        0 => name,
        1 => _clocks.Single(),
        _ => null,
    };

    internal bool IsConsumer { get; private set; }

    internal bool IsProducer { get; private set; }

    internal IReadOnlyList<SessionLoss> Losses => _losses;

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
            case SentEvent or UnknownEvent or ReturnedEvent or NotSentEvent or ProducerSummaryEvent:
                IsProducer = true;
                break;
            case LostConnectionEvent lost:
                _losses.Add(_lost[lost.Session] = new SessionLoss(entry.At));
                break;
            case RecoveredEvent recovered when _lost.Remove(recovered.Session, out var loss):
                loss.Ready = entry.At;
                loss.Reconnect = Interval.Before(entry.At, recovered.ReconnectMilliseconds).Length;
                break;
            default:
                break;
        }
    }

    /// <summary>The clock that all of them read; null if it is not one, or nobody knows.</summary>
    internal static string? CommonClock(IEnumerable<EventSource> sources) => sources.Select(static source => source.Clock).Distinct().ToList() is [var clock] ? clock : null;
}
