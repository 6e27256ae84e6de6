namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>How many bytes of bodies the consumer of one channel may hold. While it holds more, its connection is not read (<see cref="ReadGate"/>).</summary>
internal sealed class BodyBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly Signal _room = new();
    private readonly Signal _delivery = new();
    private long _bytes;
    private bool _isLifted;

    /// <summary>Gets whether the connection may be read.</summary>
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

    /// <summary>Counts a body that was read from the connection.</summary>
    /// <returns>Whether the consumer may hold the body: always, except beyond the limit after <see cref="Lift"/>.</returns>
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

    public void Return(long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
            SetIfRoom();
        }
    }

    /// <summary>Lets the connection be read from now on, whatever is held. Bodies beyond the limit are then dropped.</summary>
    public void Lift()
    {
        lock (_lock)
        {
            _isLifted = true;
            _delivery.Set();
            SetIfRoom();
        }
    }

    /// <summary>Gives a task that completes when the budget has room.</summary>
    public Task WhenRoom()
    {
        lock (_lock)
        {
            return HasRoom ? Task.CompletedTask : _room.WaitAsync();
        }
    }

    /// <summary>Gives a task that completes at the next delivery; <see langword="null"/> while less than half of the budget is used.</summary>
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
