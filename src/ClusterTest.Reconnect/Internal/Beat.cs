namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Calls all who listen at the same moments, a few times a second, and lets other recurring timers of the process fall on these moments. Otherwise idle
/// sessions wake a processor for each of their timers: 600 sessions cost more than half a processor then.
/// </summary>
/// <remarks>Listeners are called one after the other, so they must be quick, and must not call the user's code.</remarks>
internal sealed class Beat : IAsyncDisposable
{
    /// <summary>The time between two beats.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

#pragma warning disable CA5394 // The phase is no secret: the clock is the same for all processes of a machine, and they shall not ask their brokers in step.
    private static readonly TimeSpan Phase = TimeSpan.FromMilliseconds(Random.Shared.Next((int)Interval.TotalMilliseconds));
#pragma warning restore CA5394

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly HashSet<Action> _listeners = [];
    private volatile Action[] _called = [];
    private int _isCalling;

    public Beat(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((Beat)state!).Call(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gives the time from now to the beat that is nearest to the end of a delay. A delay that is shorter than the interval stays as it is.</summary>
    public static TimeSpan Nearest(TimeSpan delay, TimeProvider time) => delay < Interval ? delay : FirstAfter(delay - (Interval / 2), time);

    /// <summary>Calls a listener at each beat from now on.</summary>
    public void Add(Action listener)
    {
        lock (_lock)
        {
            if (_listeners.Count == 0)
            {
                _timer.Change(FirstAfter(TimeSpan.Zero, _time), Interval);
            }

            _listeners.Add(listener);
            _called = [.. _listeners];
        }
    }

    /// <summary>Calls a listener no more, but for a call that is under way.</summary>
    public void Remove(Action listener)
    {
        lock (_lock)
        {
            if (_listeners.Remove(listener) && _listeners.Count == 0)
            {
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            _called = [.. _listeners];
        }
    }

    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    private static TimeSpan FirstAfter(TimeSpan delay, TimeProvider time)
    {
        var now = (long)((Int128)time.GetTimestamp() * TimeSpan.TicksPerSecond / time.TimestampFrequency);
        var past = (now + Phase.Ticks + delay.Ticks) % Interval.Ticks;
        return TimeSpan.FromMilliseconds(Math.Ceiling((delay + Interval - TimeSpan.FromTicks(past)).TotalMilliseconds)); // timers cut a fraction off
    }

    private void Call()
    {
        if (Interlocked.Exchange(ref _isCalling, 1) == 1)
        {
            return; // the machine is slow
        }

        try
        {
            foreach (var listener in _called)
            {
                listener();
            }
        }
        finally
        {
            Volatile.Write(ref _isCalling, 0);
        }
    }
}
