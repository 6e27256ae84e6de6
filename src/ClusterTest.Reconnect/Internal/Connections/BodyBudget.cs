namespace ClusterTest.Reconnect.Internal.Connections;

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

    /// <summary>Counts a body that was read.</summary>
    /// <returns>Whether it may be held: all but what comes beyond the bound since that was lifted.</returns>
    public bool Take(int bytes)
    {
        lock (_lock)
        {
            _delivery.Set();
            var mayBeHeld = !_isLifted || _bytes < limit;
            _bytes += mayBeHeld ? bytes : 0;
            return mayBeHeld;
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
