using System.Numerics;

namespace ClusterTest.Events;

/// <summary>Collects latencies from 1 µs to 1 h with three significant digits. It is not thread-safe.</summary>
/// <remarks>
/// The counts are those of an HDR histogram: of each power of two of microseconds, 1,024 counts of equal width. That is exact to 2,048 µs, and to a
/// thousandth above.
/// </remarks>
public sealed class LatencyRecorder
{
    private const int MostGroups = 10_000;

    // A value below 2^11 is its own index. Each further power of two has half as many indexes, for values with the same 11 leading bits.
    private const int Bits = 11;
    private const int Half = 1 << (Bits - 1);

    private static readonly long Longest = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly long[] _counts = new long[IndexOf(Longest) + 1];

    /// <summary>Gets the number of latencies recorded.</summary>
    public long Count { get; private set; }

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
    public double At(double percentile)
    {
        var rest = Math.Max(1, (long)((percentile / 100 * Count) + 0.5));
        for (var index = 0; index < _counts.Length; index++)
        {
            rest -= _counts[index];
            if (rest <= 0)
            {
                return LongestOf(index) / 1000d;
            }
        }

        return 0;
    }

    private void Record(TimeSpan latency, long count)
    {
        _counts[IndexOf(Math.Clamp((long)latency.TotalMicroseconds, 1, Longest))] += count;
        Count += count;
    }

    private static int IndexOf(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds) + 1 - Bits);
        return (shift * Half) + (int)(microseconds >> shift);
    }

    // The longest time that has the index.
    private static long LongestOf(int index)
    {
        var shift = Math.Max(0, (index / Half) - 1);
        return ((index - (shift * Half) + 1L) << shift) - 1;
    }
}
