namespace ClusterTest.Lab.Machine;

/// <summary>The time in which a link has one condition. Whoever waits because of the condition is woken at its end.</summary>
internal sealed class LinkEra(LinkSetting setting, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _over = new();

    internal LinkSetting Setting => setting;

    /// <summary>How long what is due at a timestamp has to wait yet, if this era lasts; zero for what need not wait.</summary>
    internal TimeSpan WaitFor(long due) => setting.Condition switch
    {
        LinkCondition.Whole => TimeSpan.Zero,
        LinkCondition.Slow => Until(due),
        _ => Timeout.InfiniteTimeSpan,
    };

    /// <summary>The time until a timestamp, in whole milliseconds, since timers know no parts of them.</summary>
    internal TimeSpan Until(long timestamp)
    {
        var now = time.GetTimestamp();
        return timestamp <= now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(time.GetElapsedTime(now, timestamp).TotalMilliseconds));
    }

    /// <summary>The timestamp at which something arrives that leaves at another one.</summary>
    internal long ArrivalOf(long departure) => departure + (long)Math.Ceiling(setting.Latency.TotalSeconds * time.TimestampFrequency);

    /// <summary>The timestamp at which something arrives that takes no room on the wire and leaves now.</summary>
    internal long ArrivalFromNow() => ArrivalOf(time.GetTimestamp());

    /// <summary>Waits for a time, the end of this era or the token, whichever comes first. Does not throw.</summary>
    internal async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_over.Token, cancellationToken);
        await Task.Delay(pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the era. Its source is not disposed, as somebody may be about to wait for it.</summary>
    internal void End() => _over.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();
}
