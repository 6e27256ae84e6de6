namespace ClusterTest.Producer;

/// <summary>
/// Keeps an even rate: each message has a moment at which it is due. After a stall of more than a second it does not catch up, so that an outage is
/// not followed by a burst; it says what it omits.
/// </summary>
internal sealed class Pacer(double? rate, TimeProvider time)
{
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private long _next;

    private TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Waits until the next message is due.</summary>
    /// <returns>What was due before it and is omitted; null if nothing is.</returns>
    public async ValueTask<Omission?> WaitAsync(CancellationToken cancellationToken)
    {
        if (rate is null)
        {
            return null;
        }

        var wait = DueAt(_next) - Elapsed;
        if (wait > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        var omission = Omit(isOver: false);
        _next++;
        return omission;
    }

    /// <summary>Gives the time from the moment at which the message that was waited for last was due until a timestamp; zero if it is early, or without a rate.</summary>
    public TimeSpan LagAt(long timestamp)
    {
        var lag = rate is null ? TimeSpan.Zero : time.GetElapsedTime(_start, timestamp) - DueAt(_next - 1);
        return lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
    }

    /// <summary>Ends it before the message that was waited for last was published.</summary>
    /// <returns>What was due until now, that message first, and is omitted; null if it is not worth telling.</returns>
    public Omission? End()
    {
        if (rate is null)
        {
            return null;
        }

        _next--;
        return Omit(isOver: true);
    }

    private Omission? Omit(bool isOver)
    {
        var now = Elapsed;
        var firstLag = now - DueAt(_next);
        if (firstLag <= LongestLag)
        {
            return null;
        }

        // The latest that is due goes on, unless nothing does.
        var (first, latest) = (_next, (long)(now.TotalSeconds * rate!.Value));
        _next = Math.Max(first, isOver ? latest + 1 : latest);
        return _next == first ? null : new Omission(_next - first, firstLag, now - DueAt(_next - 1));
    }

    private TimeSpan DueAt(long message) => TimeSpan.FromSeconds(message / rate!.Value);
}
