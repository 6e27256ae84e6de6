namespace ClusterTest.Cli;

/// <summary>
/// How long a reader is waited for: for ever while the program runs. Once it ends, one that takes nothing for 2 s is no longer waited for, and one that is
/// slow for 10 s in all, since then the program would be ended by force (20 s, <see cref="CommandLine"/>).
/// </summary>
internal sealed class WritePatience
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);

    private long _endsSince;

    /// <summary>The program ends from now on.</summary>
    public void End() => Interlocked.CompareExchange(ref _endsSince, TimeProvider.System.GetTimestamp(), 0);

    /// <summary>Tells whether a reader that has taken nothing since a moment has been waited for long enough.</summary>
    /// <param name="waitingSince">When the wait began, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsOver(long waitingSince) => Volatile.Read(ref _endsSince) is not 0 and var ends
        && (TimeProvider.System.GetElapsedTime(Math.Max(ends, waitingSince)) >= LongestPause || TimeProvider.System.GetElapsedTime(ends) >= LongestEnd);
}
