using System.Diagnostics;

namespace ClusterTest.Verdicts.Tests;

/// <summary>
/// Compares how long two things take while others keep the machine busy. Each is done many times, for so short a time that it is not interrupted each time,
/// and in turn, so that both have the same neighbours; the fastest time of each counts.
/// </summary>
internal static class Fastest
{
    private const int Times = 30;

    /// <summary>How many times as long one thing takes as another.</summary>
    internal static double Ratio(Action one, Action other)
    {
        var (fastest, fastestOther) = (TimeSpan.MaxValue, TimeSpan.MaxValue);
        for (var i = 0; i < Times; i++)
        {
            fastest = Shorter(fastest, TimeOf(one));
            fastestOther = Shorter(fastestOther, TimeOf(other));
        }

        return fastest / fastestOther;
    }

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static TimeSpan TimeOf(Action action)
    {
        var started = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(started);
    }
}
