namespace ClusterTest.Cli;

/// <summary>
/// How long a write waits for the reader of the output. While the program runs, a write waits for ever. When the program ends, a write waits at most 2 s for
/// a reader that takes nothing, and all writes together wait at most 10 s for a slow reader: a program that a signal ends has 20 s
/// (<see cref="CommandLine"/>), of which the library may take 5 s.
/// </summary>
internal sealed class WritePatience
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestInAll = TimeSpan.FromSeconds(10);

    private long _endsSince;
    private long _waitedTicks;

    /// <summary>Takes note that the program ends.</summary>
    public void End() => Interlocked.CompareExchange(ref _endsSince, TimeProvider.System.GetTimestamp(), 0);

    /// <summary>Tells whether a write has waited long enough.</summary>
    /// <param name="since">When this wait began, by <see cref="TimeProvider.GetTimestamp"/>.</param>
    public bool IsOver(long since) =>
        WaitedAtEnd(since) is var wait && (wait >= LongestWait || wait + TimeSpan.FromTicks(Volatile.Read(ref _waitedTicks)) >= LongestInAll);

    /// <summary>Takes note of a wait that is over because the reader took something.</summary>
    public void Note(long since) => Interlocked.Add(ref _waitedTicks, WaitedAtEnd(since).Ticks);

    private TimeSpan WaitedAtEnd(long since) =>
        Volatile.Read(ref _endsSince) is not 0 and var ends ? TimeProvider.System.GetElapsedTime(Math.Max(ends, since)) : TimeSpan.Zero;
}
