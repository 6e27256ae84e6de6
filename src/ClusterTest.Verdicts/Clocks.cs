using ClusterTest.Events;

namespace ClusterTest.Verdicts;

/// <summary>
/// Puts events on the axis of the monotonic clock that their writers read. So a machine's clock that is set neither makes a silence nor hides one. The axis
/// begins at the time of the wall's clock at the earliest event of each monotonic clock. An event without monotonic time stays where the wall's clock put it.
/// </summary>
internal sealed class Clocks
{
    private readonly TextMap<Anchor> _anchors = new();
    private readonly List<Entry> _faultSteps = [];

    internal Clocks(IEnumerable<Entry> evidence)
    {
        var sources = new TextMap<Source>();
        foreach (var entry in evidence)
        {
            if (!sources.TryGetValue(entry.Source, out var source))
            {
                source = new Source();
                sources.Add(entry.Source, source);
            }

            if (ClockOf(entry.Event) is { } clock)
            {
                _ = source.Clocks.Add(clock);
            }

            if (entry.Event.MonotonicMicroseconds is >= 0 and { } microseconds && !(source.First?.IsBefore(microseconds, entry.Wall) is true))
            {
                source.First = new Anchor(microseconds, entry.Wall);
            }

            if (entry.Event is FaultEvent)
            {
                _faultSteps.Add(entry);
            }
        }

        // A writer that names no clock has a clock of its own. A writer that names several clocks was started again on another clock, and gets no anchor.
        var clocksOfSources = sources.All
            .Where(static source => source.Value is { Clocks.Count: < 2, First: not null })
            .GroupBy(static source => source.Value.Clocks.SingleOrDefault(source.Key));
        foreach (var clock in clocksOfSources)
        {
            var first = clock.Select(static source => source.Value.First!).Aggregate(
                static (first, next) => first.IsBefore(next.Microseconds, next.Wall) ? first : next);
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

    /// <summary>What is known of one writer: the clocks that it named, and its earliest event.</summary>
    private sealed class Source
    {
        internal HashSet<string> Clocks { get; } = [];

        internal Anchor? First { get; set; }
    }

    /// <summary>What both clocks showed at one moment.</summary>
    private sealed record Anchor(long Microseconds, DateTime Wall)
    {
        internal bool IsBefore(long microseconds, DateTime wall) =>
            Microseconds < microseconds || (Microseconds == microseconds && Wall <= wall);

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
