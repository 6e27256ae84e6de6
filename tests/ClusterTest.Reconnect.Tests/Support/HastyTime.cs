namespace ClusterTest.Reconnect.Tests.Support;

/// <summary>A clock on a machine that stands still at the worst moment: what ticks has ticked before its owner goes on.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan && period != Timeout.InfiniteTimeSpan)
        {
            callback(state);
        }

        return new Timer(base.CreateTimer(callback, state, dueTime, period), callback, state);
    }

    private sealed class Timer(ITimer timer, TimerCallback callback, object? state) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan && period != Timeout.InfiniteTimeSpan)
            {
                callback(state);
            }

            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
