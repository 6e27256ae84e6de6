namespace ClusterTest.Lab.Machine;

/// <summary>The time in which a link has one condition. Whoever waits because of the condition is woken at its end.</summary>
internal sealed class LinkEra(LinkSetting setting, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _forthIsFree;
    private long _backIsFree;

    internal LinkSetting Setting => setting;

    /// <summary>How long what is due at a timestamp has to wait yet, if this era lasts. In a cut link nothing waits: its connections are reset.</summary>
    internal TimeSpan WaitFor(long due) => setting.Condition switch
    {
        LinkCondition.HalfOpen => Timeout.InfiniteTimeSpan,
        LinkCondition.Slow => Until(due),
        _ => TimeSpan.Zero,
    };

    /// <summary>Waits until one direction of a slow link, which all connections share, has taken a number of bytes.</summary>
    /// <returns>The timestamp at which the last byte is due at the other side.</returns>
    internal async ValueTask<long> TakeAsync(bool isForth, int bytes)
    {
        if (setting.Condition is not LinkCondition.Slow)
        {
            return 0;
        }

        long departure;
        lock (_lock)
        {
            ref var free = ref isForth ? ref _forthIsFree : ref _backIsFree;
            departure = free = Math.Max(free, time.GetTimestamp()) + Ticks((double)bytes / setting.BytesPerSecond);
        }

        await PauseAsync(Until(departure));
        return departure + Ticks(setting.Latency.TotalSeconds);
    }

    /// <summary>Waits for a time or the end of this era, whichever comes first.</summary>
    internal async Task PauseAsync(TimeSpan pause)
    {
        if (pause != TimeSpan.Zero)
        {
            await _over.Task.WaitAsync(pause, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal void End() => _over.TrySetResult();

    private long Ticks(double seconds) => (long)Math.Ceiling(seconds * time.TimestampFrequency);

    // In whole milliseconds, since timers know no parts of them.
    private TimeSpan Until(long timestamp)
    {
        var now = time.GetTimestamp();
        return timestamp <= now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(time.GetElapsedTime(now, timestamp).TotalMilliseconds));
    }
}
