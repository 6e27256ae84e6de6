namespace ClusterTest.Reconnect.Internal;

/// <summary>How many bytes of bodies one channel's consumer may hold before its connection is read on.</summary>
internal sealed class BodyBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly Signal _room = new();
    private readonly Signal _delivery = new();
    private long _bytes;
    private bool _isLifted;

    /// <summary>Gets whether more may be read.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _isLifted || _bytes < limit;
            }
        }
    }

    /// <summary>Gets whether what is read beyond the bound, since it was lifted, must not be held.</summary>
    public bool IsSpent
    {
        get
        {
            lock (_lock)
            {
                return _isLifted && _bytes >= limit;
            }
        }
    }

    public void Take(int bytes)
    {
        lock (_lock)
        {
            _bytes += bytes;
            _delivery.Set();
        }
    }

    public void Return(int bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
            SetIfRoom();
        }
    }

    /// <summary>Ends the bound: what comes now is not held any more.</summary>
    public void Lift()
    {
        lock (_lock)
        {
            _isLifted = true;
            _delivery.Set();
            SetIfRoom();
        }
    }

    /// <summary>Gives a task that completes once there is room.</summary>
    public Task WhenRoom()
    {
        lock (_lock)
        {
            return HasRoom ? Task.CompletedTask : _room.WaitAsync();
        }
    }

    /// <summary>Gives a task that completes at the next delivery; <see langword="null"/> while less than half is used.</summary>
    public Task? WhenDelivered()
    {
        lock (_lock)
        {
            return _isLifted || _bytes < limit / 2 ? null : _delivery.WaitAsync();
        }
    }

    private void SetIfRoom()
    {
        if (HasRoom)
        {
            _room.Set();
        }
    }
}
