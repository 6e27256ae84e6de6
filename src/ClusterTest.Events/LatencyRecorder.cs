using HdrHistogram;

namespace ClusterTest.Events;

/// <summary>Collects latencies from 1 µs to 1 h with three significant digits. It is not thread-safe.</summary>
public sealed class LatencyRecorder
{
    private static readonly long Longest = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private const int MostGroups = 10_000;

    private readonly LongHistogram _histogram = new(1, Longest, 3);

    /// <summary>Gets the number of latencies recorded.</summary>
    public long Count => _histogram.TotalCount;

    /// <summary>Adds one latency.</summary>
    public void Record(TimeSpan latency) => Record(latency, 1);

    /// <summary>
    /// Adds latencies at even intervals from the first to the last. If there are more than 10,000, neighbours are added as one latency with their number.
    /// </summary>
    public void RecordSpread(TimeSpan first, TimeSpan last, long count)
    {
        var groups = Math.Min(count, MostGroups);
        for (var group = 0L; group < groups; group++)
        {
            var (from, to) = (Share(group), Share(group + 1));
            Record(count is 1 ? first : first + ((last - first) * ((from + to - 1) / 2d / (count - 1))), to - from);
        }

        long Share(long group) => (long)((Int128)count * group / groups);
    }

    /// <summary>Gives the percentiles so far.</summary>
    /// <returns><see langword="null"/> when nothing was recorded.</returns>
    public LatencySummary? Summarize() => Count == 0
        ? null
        : new LatencySummary(At(50), At(90), At(99), At(99.9), At(100));

    /// <summary>Gives a percentile of the recorded latencies, in milliseconds.</summary>
    /// <returns>0 when nothing was recorded.</returns>
    public double At(double percentile) => _histogram.GetValueAtPercentile(percentile) / 1000d;

    private void Record(TimeSpan latency, long count) => _histogram.RecordValueWithCount(Math.Clamp((long)latency.TotalMicroseconds, 1, Longest), count);
}
