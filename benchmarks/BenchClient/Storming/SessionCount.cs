using System.Diagnostics;

namespace BenchClient.Storming;

/// <summary>Counts how many sessions are open, how often one was lost, and when the last change was.</summary>
internal sealed class SessionCount
{
    private readonly Lock _lock = new();
    private int _open;
    private int _lost;
    private long _changedAt = Stopwatch.GetTimestamp();

    /// <summary>Gets how many are open, how often one was lost, and when that last changed.</summary>
    public (int Open, int Lost, long ChangedAt) Now
    {
        get
        {
            lock (_lock)
            {
                return (_open, _lost, _changedAt);
            }
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
        }
    }
}
