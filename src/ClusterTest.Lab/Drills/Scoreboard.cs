using ClusterTest.Events;
using ClusterTest.Verdicts;

namespace ClusterTest.Lab.Drills;

/// <summary>Counts the messages of a run while it runs, to decide when it goes on, and to show its progress. The verdict does not use these counts.</summary>
internal sealed class Scoreboard(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly MessageLedger _ledger = new();
    private readonly HashSet<(string Source, int Session)> _lost = [];
    private int _ready;
    private Moment _flowBegan = Moment.Now(time);
    private Flow _flow;
    private long _lastReceived = time.GetTimestamp();
    private TimeSpan _longestSilence;

    /// <summary>Counts an event. It must say which program it comes from.</summary>
    internal void Add(ResultEvent written)
    {
        lock (_lock)
        {
            var before = new Flow(_ledger.Confirmed, _ledger.Received);
            _ledger.Add(written);
            if (!IsBeforeTheFlow(written))
            {
                _flow = new Flow(_flow.Confirmed + _ledger.Confirmed - before.Confirmed, _flow.Received + _ledger.Received - before.Received);
            }

            switch (written)
            {
                case ReadyEvent:
                    _ready++;
                    break;
                case ReceivedEvent or ParkedEvent:
                    _longestSilence = LongestSilence();
                    _lastReceived = time.GetTimestamp();
                    break;
                case LostConnectionEvent lost:
                    _ = _lost.Add((lost.Source!, lost.Session));
                    break;
                case RecoveredEvent recovered:
                    _ = _lost.Remove((recovered.Source!, recovered.Session));
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The counts now.</summary>
    internal Score Read()
    {
        lock (_lock)
        {
            return new Score(
                _ledger.Confirmed,
                _ledger.Received,
                _ledger.Outstanding,
                _ready,
                LostSessionsOf(EventWriter.Consumer),
                LostSessionsOf(EventWriter.Producer),
                time.GetElapsedTime(_lastReceived),
                LongestSilence(),
                _flow);
        }
    }

    /// <summary>Begins to count the flow anew: only events that happen from now on count, even if earlier events are read later.</summary>
    internal void CountFlow()
    {
        lock (_lock)
        {
            (_flowBegan, _flow) = (Moment.Now(time), default);
        }
    }

    /// <summary>Begins to measure the longest silence anew.</summary>
    internal void ForgetSilences()
    {
        lock (_lock)
        {
            _longestSilence = TimeSpan.Zero;
        }
    }

    private bool IsBeforeTheFlow(ResultEvent written) => (written.MonotonicMicroseconds, _flowBegan.Microseconds) is ({ } at, { } began)
        ? at < began
        : written.Timestamp < _flowBegan.At;

    private TimeSpan LongestSilence() => time.GetElapsedTime(_lastReceived) is var silence && silence > _longestSilence ? silence : _longestSilence;

    private int LostSessionsOf(string source) => _lost.Count(lost => lost.Source == source);
}
