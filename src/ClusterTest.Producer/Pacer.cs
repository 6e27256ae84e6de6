namespace ClusterTest.Producer;

/// <summary>
/// Keeps an even rate: each message is due at a certain moment. After a stall of more than a second the pacer omits the messages that were due in the
/// stall, so that no burst follows an outage, and reports the omission.
/// </summary>
internal sealed class Pacer(double? rate, TimeProvider time)
{
    private static readonly TimeSpan LongestLag = TimeSpan.FromSeconds(1);

    private readonly long _start = time.GetTimestamp();
    private long _next;

    private TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Waits until the next message is due.</summary>
    /// <returns>The messages that were due before it and are omitted; null if no message is omitted.</returns>
    public async ValueTask<Omission?> WaitAsync(CancellationToken cancellationToken)
    {
        if (rate is null)
        {
            return null;
        }

        // Again, because a timer of the runtime may fire some milliseconds early: it counts in the ticks of a coarse clock.
        while (DueAt(_next) - Elapsed is var wait && wait > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        var omission = Omit(isOver: false);
        _next++;
        return omission;
    }

    /// <summary>
    /// Gives the time from when the message of the last wait was due until a timestamp; zero if the timestamp is earlier, or if there is no rate.
    /// </summary>
    public TimeSpan LagAt(long timestamp)
    {
        var lag = rate is null ? TimeSpan.Zero : time.GetElapsedTime(_start, timestamp) - DueAt(_next - 1);
        return lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
    }

    /// <summary>Ends the pacer before the message of the last wait was published.</summary>
    /// <returns>
    /// The messages that were due until now and are omitted, beginning with that message; null if that message was due no more than a second ago.
    /// </returns>
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

        // The last message that is due is published, unless the pacer is over.
        var (first, latest) = (_next, (long)(now.TotalSeconds * rate!.Value));
        _next = Math.Max(first, isOver ? latest + 1 : latest);
        return _next == first ? null : new Omission(_next - first, firstLag, now - DueAt(_next - 1));
    }

    private TimeSpan DueAt(long message) => TimeSpan.FromSeconds(message / rate!.Value);
}
