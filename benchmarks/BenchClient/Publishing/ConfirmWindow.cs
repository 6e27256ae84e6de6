using System.Threading.Tasks.Sources;

namespace BenchClient.Publishing;

/// <summary>
/// Counts unconfirmed messages: one writer adds, one reader confirms. Whoever waits is woken when half of the window is free, and nothing is allocated.
/// </summary>
internal sealed class ConfirmWindow(int size) : IValueTaskSource
{
    private readonly bool[] _open = new bool[size];
    private ManualResetValueTaskSourceCore<bool> _room = new() { RunContinuationsAsynchronously = true };
    private long _added;
    private long _lowest = 1;
    private int _isWaiting;

    /// <summary>Gives the next message's number, from 1.</summary>
    public long Add()
    {
        var number = _added + 1;
        Volatile.Write(ref _open[number % size], true);
        Volatile.Write(ref _added, number);
        return number;
    }

    /// <summary>Confirms a message, or all up to it.</summary>
    /// <returns>How many were unconfirmed.</returns>
    public int Confirm(ulong tag, bool multiple)
    {
        var count = 0;
        for (var number = multiple ? _lowest : (long)tag; number <= (long)tag; number++)
        {
            count += _open[number % size] ? 1 : 0;
            _open[number % size] = false;
        }

        var lowest = multiple ? Math.Max(_lowest, (long)tag + 1) : _lowest;
        while (lowest <= Volatile.Read(ref _added) && !Volatile.Read(ref _open[lowest % size]))
        {
            lowest++;
        }

        Volatile.Write(ref _lowest, lowest);
        if (Volatile.Read(ref _isWaiting) == 1 && IsHalfFree && Interlocked.Exchange(ref _isWaiting, 0) == 1)
        {
            _room.SetResult(true);
        }

        return count;
    }

    /// <summary>Waits while the window is full.</summary>
    public ValueTask WaitForRoomAsync()
    {
        if (Unconfirmed < size)
        {
            return default;
        }

        _room.Reset();
        Interlocked.Exchange(ref _isWaiting, 1);
        return IsHalfFree && Interlocked.Exchange(ref _isWaiting, 0) == 1 ? default : new ValueTask(this, _room.Version);
    }

    void IValueTaskSource.GetResult(short token) => _room.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _room.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _room.OnCompleted(continuation, state, token, flags);

    // From the lowest unconfirmed message on, since the ring has a place for each of these.
    private long Unconfirmed => Volatile.Read(ref _added) + 1 - Volatile.Read(ref _lowest);

    private bool IsHalfFree => Unconfirmed <= size / 2;
}
