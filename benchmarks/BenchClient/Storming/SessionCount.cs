using System.Diagnostics;

namespace BenchClient.Storming;

/// <summary>Counts how many sessions are open, how often one was lost, and when.</summary>
internal sealed class SessionCount
{
    private readonly Lock _lock = new();
    private int _open;
    private int _lost;
    private long _changedAt = Stopwatch.GetTimestamp();
    private long? _firstLostAt;

    /// <summary>Gets how many are open.</summary>
    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open;
            }
        }
    }

    /// <summary>
    /// Gives how many are open, how often one was lost, when that last changed, and when one was first lost since the last call of this method.
    /// </summary>
    public (int Open, int Lost, long ChangedAt, long? FirstLostAt) Take()
    {
        lock (_lock)
        {
            var firstLostAt = _firstLostAt;
            _firstLostAt = null;
            return (_open, _lost, _changedAt, firstLostAt);
        }
    }

    public void Opened() => Change(1);

    public void Lost() => Change(-1);

    private void Change(int by)
    {
        lock (_lock)
        {
            _open += by;
            _lost += by < 0 ? 1 : 0;
            _changedAt = Stopwatch.GetTimestamp();
            if (by < 0)
            {
                _firstLostAt ??= _changedAt;
            }
        }
    }
}
