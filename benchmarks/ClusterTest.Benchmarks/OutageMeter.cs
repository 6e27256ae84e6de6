namespace ClusterTest.Benchmarks;

/// <summary>Measures the longest silence between two messages.</summary>
internal sealed class OutageMeter(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _last = time.GetTimestamp();
    private TimeSpan _longest;
    private long _count;

    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public TimeSpan SinceLast
    {
        get
        {
            lock (_lock)
            {
                return time.GetElapsedTime(_last);
            }
        }
    }

    public void OnMessage()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var silence = time.GetElapsedTime(_last, now);
            _longest = silence > _longest ? silence : _longest;
            _last = now;
            _count++;
        }
    }

    /// <summary>Starts a new measurement.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _longest = TimeSpan.Zero;
            _last = time.GetTimestamp();
        }
    }

    /// <summary>Gives the longest silence since the last reset, one that still lasts included.</summary>
    public TimeSpan Longest()
    {
        lock (_lock)
        {
            var current = time.GetElapsedTime(_last);
            return current > _longest ? current : _longest;
        }
    }
}
