namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Holds back what a connection writes while more messages are published at once, so that they pass the socket together. A system call for each small message
/// is half of what a publish costs, and the balancer and the broker read each by itself.
/// </summary>
/// <remarks>
/// The client library (7.2.2, SocketFrameHandler.WriteLoopAsync) takes frames from a queue, and flushes each. This class holds that loop back at its first
/// frame, and counts the messages that are behind it in the queue. On <see cref="Release"/> the loop goes on, in that call, and the socket's stream
/// collects what the loop writes until it has had so many frames as were counted: the last of them sends all (<see cref="BrokerSocket"/>). Frames that are no
/// messages count, too. So too little may be collected, but nothing that no later frame sends.
/// </remarks>
internal sealed class WriteCork : IThreadPoolWorkItem
{
    /// <summary>How many messages are held back at most. The client library's queue has room for 128 frames.</summary>
    public const int Most = 64;

    private readonly Lock _lock = new();
    private readonly Wakeup _loop = new();
    private volatile bool _isHeld;
    private volatile int _queued;
    private bool _isWatched;
    private volatile int _holds;
    private int _holdsSeen;
    private volatile bool _isMissed;

    /// <summary>Gets or sets what looks after a hold: it calls <see cref="Watch"/> every millisecond until that says no.</summary>
    public Action<WriteCork> Watcher { get; set; } = CorkWatch.Add;

    /// <summary>Gets how often something was held back, which is also the number of the last hold.</summary>
    public int Holds => _holds;

    /// <summary>Gets a value indicating whether frames are held back.</summary>
    public bool IsHeld => _isHeld;

    /// <summary>Gets a value indicating whether frames are held back, or to be collected.</summary>
    public bool IsInUse => _isHeld || _queued > 0;

    /// <summary>Holds back what is written from now on, for 1 to 2 ms at most.</summary>
    public void Hold()
    {
        if (_isHeld)
        {
            return;
        }

        bool isWatched;
        lock (_lock)
        {
            _isHeld = true;
            _holds++;
            isWatched = _isWatched;
            _isWatched = true;
        }

        if (!isWatched)
        {
            Watcher(this);
        }
    }

    /// <summary>Counts a message that has come into the client library's queue. The last one that may be held back, and a large one, release all.</summary>
    /// <param name="hold">What <see cref="Holds"/> was before the publish: if another hold has begun since, the message may have passed.</param>
    /// <param name="bytes">The size of the message.</param>
    public void Queued(int hold, int bytes)
    {
        if (!_isHeld)
        {
            return;
        }

        int queued;
        lock (_lock)
        {
            if (!_isHeld || _holds != hold)
            {
                return;
            }

            queued = ++_queued;
        }

        if (queued >= Most || bytes >= WriteProgress.Least)
        {
            Release();
        }
    }

    /// <summary>Lets everything pass. If the loop waits, it goes on in this call, which must not be made under a lock.</summary>
    public void Release()
    {
        if (!_isHeld)
        {
            return;
        }

        bool waits;
        lock (_lock)
        {
            _isHeld = false;
            waits = _loop.TryTake();
        }

        if (waits)
        {
            _loop.Run();
        }
    }

    /// <summary>Waits while frames are held back. Only the loop may call this method, before each frame.</summary>
    public ValueTask WaitAsync()
    {
        lock (_lock)
        {
            return _isHeld ? _loop.WaitAsync() : default;
        }
    }

    /// <summary>Counts a frame of the loop.</summary>
    /// <returns>Whether further frames are in the queue.</returns>
    public bool MoreFollow()
    {
        lock (_lock)
        {
            _queued -= _queued > 0 ? 1 : 0;
            return _queued > 0;
        }
    }

    /// <summary>Releases what is held back since before the last call of this method, on another thread.</summary>
    /// <returns>Whether something is held back that is to be looked at again.</returns>
    public bool Watch()
    {
        lock (_lock)
        {
            _isWatched = _isHeld && _holds != _holdsSeen;
            _holdsSeen = _holds;
            if (_isHeld && !_isWatched)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            return _isWatched;
        }
    }

    /// <summary>Takes the news that something was held back, and nobody released it.</summary>
    /// <returns>Whether that happened since the last call.</returns>
    public bool TakeMiss()
    {
        if (!_isMissed)
        {
            return false;
        }

        _isMissed = false;
        return true;
    }

    void IThreadPoolWorkItem.Execute()
    {
        _isMissed |= _isHeld; // whoever publishes may have released it just now
        Release();
    }
}
