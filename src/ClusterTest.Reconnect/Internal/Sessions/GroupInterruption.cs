namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>
/// The time in which no session of a group is open. The group gives up when this time exceeds its limit. While one session is open, the others may go on
/// recovering. A session that is lost right after it opened does not end the interruption.
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
        _timer = time.CreateTimer(
            static interruption => ((GroupInterruption)interruption!).GiveUpIfDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        SetTimer();
    }

    /// <summary>Gets a token that is cancelled when the interruption has lasted longer than allowed.</summary>
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

    /// <summary>Gets how long no session has been open, without the times of sessions that were lost right after they opened.</summary>
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

    /// <summary>Takes note that a session has become open.</summary>
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

    /// <summary>Takes note that an open session was lost.</summary>
    /// <param name="served">Whether the session was open for a while: only then a new interruption begins.</param>
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

    // The timer may fire too early, or after a session has opened.
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
