namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Confirms and first deliveries in a stretch of time.</summary>
/// <param name="Start">Since the start of the timeline.</param>
/// <param name="Length">How long it is; the last one may be shorter.</param>
/// <param name="Confirmed">Confirms in it.</param>
/// <param name="Received">First deliveries in it.</param>
public readonly record struct TimelineBin(TimeSpan Start, TimeSpan Length, long Confirmed, long Received)
{
    /// <summary>The time in its middle, in seconds.</summary>
    public double Middle => (Start + (Length / 2)).TotalSeconds;

    /// <summary>Confirms a second.</summary>
    public double ConfirmedRate => Confirmed / Length.TotalSeconds;

    /// <summary>First deliveries a second.</summary>
    public double ReceivedRate => Received / Length.TotalSeconds;

    /// <summary>Sums up the steps of a timeline. A bin has as many steps as it takes to have at most <paramref name="most"/> bins.</summary>
    public static IReadOnlyList<TimelineBin> Of(Timeline timeline, int most)
    {
        var steps = Math.Max(timeline.Confirmed.Count, timeline.Received.Count);
        var stepsPerBin = Math.Max(1, (int)Math.Ceiling((double)steps / most));
        return
        [
            .. from first in Enumerable.Range(0, (steps + stepsPerBin - 1) / stepsPerBin).Select(bin => bin * stepsPerBin)
               let count = Math.Min(stepsPerBin, steps - first)
               select new TimelineBin(
                   timeline.Step * first,
                   timeline.Step * count,
                   Sum(timeline.Confirmed, first, count),
                   Sum(timeline.Received, first, count)),
        ];
    }

    private static long Sum(IReadOnlyList<int> counts, int first, int count) => counts.Skip(first).Take(count).Sum(value => (long)value);
}
