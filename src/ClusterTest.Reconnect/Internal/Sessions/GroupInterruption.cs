namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// The time in which no session of a group is open. The group gives up when it gets longer than allowed: while one session is open, another that
/// cannot recover ends nothing, and a session that no sooner opens than it is lost ends no interruption.
/// </summary>
internal sealed class GroupInterruption : IAsyncDisposable
{
    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _tooLong = new();
    private readonly TimeSpan _allowed;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _open;
    private long _since;
    private TimeSpan _before;

    /// <summary>Begins with no session open.</summary>
    public GroupInterruption(TimeSpan allowed, TimeProvider time)
    {
        (_allowed, _time) = (allowed, time);
        _since = time.GetTimestamp();
        _timer = time.CreateTimer(static interruption => ((GroupInterruption)interruption!).GiveUpIfDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        SetTimer();
    }

    /// <summary>Gets a token that is cancelled when no session has been open for longer than allowed.</summary>
    public CancellationToken TooLong => _tooLong.Token;

    /// <summary>Gets whether a session is open.</summary>
    public bool IsAnyOpen => OpenCount > 0;

    /// <summary>Gets how many sessions are open.</summary>
    public int OpenCount
    {
        get
        {
            lock (_sync)
            {
                return _open;
            }
        }
    }

    /// <summary>Gets whether a session has ever been open.</summary>
    public bool WasAnyOpen { get; private set; }

    /// <summary>Gets for how long no session has been open, short lives left out.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_sync)
            {
                return _open > 0 ? _before : _before + _time.GetElapsedTime(_since);
            }
        }
    }

    /// <summary>A session has become open.</summary>
    public void Opened()
    {
        lock (_sync)
        {
            WasAnyOpen = true;
            _before = Elapsed;
            _open++;
            SetTimer();
        }
    }

    /// <summary>An open session was lost.</summary>
    /// <param name="served">Whether it was open for a while: only then what follows is another interruption.</param>
    public void Lost(bool served)
    {
        lock (_sync)
        {
            _before = served ? TimeSpan.Zero : _before;
            _since = --_open == 0 ? _time.GetTimestamp() : _since;
            SetTimer();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        _tooLong.Dispose();
    }

    private void SetTimer()
    {
        var left = _allowed - Elapsed;
        _timer.Change(
            _open > 0 || _allowed == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : left > TimeSpan.Zero ? left : TimeSpan.Zero,
            Timeout.InfiniteTimeSpan);
    }

    // A timer may fire early, and late: after a session opened.
    private void GiveUpIfDue()
    {
        lock (_sync)
        {
            if (_open > 0 || Elapsed < _allowed)
            {
                SetTimer();
                return;
            }
        }

        _tooLong.Cancel();
    }
}
