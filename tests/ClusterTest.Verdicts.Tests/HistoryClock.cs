using ClusterTest.Events;

namespace ClusterTest.Verdicts.Tests;

/// <summary>The clock of the wall is set, at a true time, by so much; the monotonic clock goes on. Milliseconds.</summary>
internal sealed record HistoryClock(int At, int By)
{
    private const long SinceBoot = 77_000_000;

    /// <summary>The event as programs write it that read these clocks; older ones read that of the wall alone, which nobody set.</summary>
    internal static ResultEvent Stamp(HistoryClock? clock, ResultEvent written)
    {
        if (clock is null)
        {
            return written is ReceivedEvent old ? old with { DueMicroseconds = null } : written;
        }

        var at = (written.Timestamp - Evidence.Start).TotalMilliseconds;
        var stamped = written with { Timestamp = Evidence.At(clock.Shown(at)), MonotonicMicroseconds = SinceBoot + (long)(at * 1_000) };
        var start = Evidence.Start.ToUnixTimeMilliseconds();
        return stamped is not ReceivedEvent received ? stamped : received with
        {
            Time = (start + clock.Shown(Math.Round(received.Time * 1_000) - start)) / 1_000d,
            DueMicroseconds = SinceBoot + received.DueMicroseconds,
        };
    }

    private double Shown(double at) => at < At ? at : at + By;
}
