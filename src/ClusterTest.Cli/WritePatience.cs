namespace ClusterTest.Cli;

/// <summary>
/// How long a reader is waited for: for ever while the program runs. Once it ends, one that takes nothing for 2 s is no longer waited for, nor one that is
/// slow when it was waited for 10 s in all: a program that a signal ends has 20 s (<see cref="CommandLine"/>), of which the library may take 5.
/// </summary>
internal sealed class WritePatience
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestInAll = TimeSpan.FromSeconds(10);

    private long _endsSince;
    private long _waitedTicks;

    /// <summary>The program ends from now on.</summary>
    public void End() => Interlocked.CompareExchange(ref _endsSince, TimeProvider.System.GetTimestamp(), 0);

    /// <summary>Tells whether a reader has been waited for long enough.</summary>
    /// <param name="since">When this wait began, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsOver(long since) => TimeOfEnd(since) is var wait && (wait >= LongestWait || wait + TimeSpan.FromTicks(Volatile.Read(ref _waitedTicks)) >= LongestInAll);

    /// <summary>Takes note of a wait that is over because the reader went on.</summary>
    public void Note(long since) => Interlocked.Add(ref _waitedTicks, TimeOfEnd(since).Ticks);

    private TimeSpan TimeOfEnd(long since) => Volatile.Read(ref _endsSince) is not 0 and var ends ? TimeProvider.System.GetElapsedTime(Math.Max(ends, since)) : TimeSpan.Zero;
}
