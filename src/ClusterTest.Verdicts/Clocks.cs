using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// Puts events on the axis of the monotonic clock that their writers read. So a machine's clock that is set neither makes a silence nor hides one. The axis
/// begins at the time of the wall's clock at the earliest event of each monotonic clock. An event without monotonic time stays where the wall's clock put it.
/// </summary>
internal sealed class Clocks
{
    private readonly Dictionary<string, Anchor> _anchors = [];
    private readonly List<Entry> _faultSteps = [];

    internal Clocks(IEnumerable<Entry> evidence)
    {
        var sources = new Dictionary<string, (HashSet<string> Clocks, Anchor? First)>();
        foreach (var entry in evidence)
        {
            var (clocks, first) = sources.TryGetValue(entry.Source, out var known) ? known : (new HashSet<string>(), null);
            if (ClockOf(entry.Event) is { } clock)
            {
                _ = clocks.Add(clock);
            }

            var moment = entry.Event.MonotonicMicroseconds is >= 0 and { } microseconds ? new Anchor(microseconds, entry.Wall) : (Anchor?)null;
            sources[entry.Source] = (clocks, Earlier(first, moment));
            if (entry.Event is FaultEvent)
            {
                _faultSteps.Add(entry);
            }
        }

        // A writer that names no clock has a clock of its own. A writer that names several clocks was started again on another clock, and gets no anchor.
        var clocksOfSources = sources
            .Where(static source => source.Value is { Clocks.Count: < 2, First: not null })
            .GroupBy(static source => source.Value.Clocks.SingleOrDefault(source.Key));
        foreach (var clock in clocksOfSources)
        {
            var first = clock.Aggregate((Anchor?)null, static (first, source) => Earlier(first, source.Value.First))!.Value;
            foreach (var source in clock)
            {
                _anchors.Add(source.Key, first);
            }
        }
    }

    /// <summary>Gets the steps of all faults at their places. They are few, and the next reading needs all of them from its first line on.</summary>
    internal IEnumerable<Entry> FaultSteps => _faultSteps.Select(Place);

    /// <summary>The entry at its place.</summary>
    internal Entry Place(Entry entry) => _anchors.TryGetValue(entry.Source, out var anchor)
        ? entry with
        {
            At = anchor.TimeOf(entry.Event.MonotonicMicroseconds) ?? entry.Wall,
            Due = entry.Event is ReceivedEvent received ? anchor.TimeOf(received.DueMicroseconds) : null,
        }
        : entry;

    private static string? ClockOf(ResultEvent written) => written switch
    {
        StartedEvent started => started.Clock,
        DrillStartedEvent started => started.Clock,
        FaultEvent fault => fault.Clock,
        _ => null,
    };

    private static Anchor? Earlier(Anchor? left, Anchor? right) => (left, right) switch
    {
        (null, _) => right,
        (_, null) => left,
        ({ } one, { } other) => (other.Microseconds, other.Wall).CompareTo((one.Microseconds, one.Wall)) < 0 ? other : one,
    };

    /// <summary>What both clocks showed at one moment.</summary>
    private readonly record struct Anchor(long Microseconds, DateTime Wall)
    {
        /// <summary>The time of a moment of the monotonic clock; null if the moment is not known, or is outside the times that can be written.</summary>
        internal DateTime? TimeOf(long? microseconds)
        {
            var ticks = (((Int128)(microseconds ?? long.MinValue) - Microseconds) * TimeSpan.TicksPerMicrosecond) + Wall.Ticks;
            return microseconds is null || ticks < DateTime.UnixEpoch.Ticks || ticks > DateTime.MaxValue.Ticks
                ? null
                : new DateTime((long)ticks, DateTimeKind.Utc);
        }
    }
}
