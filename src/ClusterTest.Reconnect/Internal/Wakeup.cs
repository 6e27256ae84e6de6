using System.Threading.Tasks.Sources;

namespace ClusterTest.Reconnect.Internal;

/// <summary>Wakes one task that waits, again and again, and allocates nothing. Use it under its owner's lock, but for <see cref="Run"/>.</summary>
internal sealed class Wakeup : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

    // Whether a task waits, and nothing has woken it.
    private bool IsAwaited { get; set; }

    /// <summary>Gives a task that completes at the next <see cref="Set"/> or <see cref="Run"/>. The one before must have been awaited.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        _core.RunContinuationsAsynchronously = true;
        IsAwaited = true;
        return new ValueTask(this, _core.Version);
    }

    /// <summary>Wakes the task that waits, if one does. It goes on elsewhere.</summary>
    public void Set()
    {
        if (TryTake())
        {
            GoOn();
        }
    }

    /// <summary>Makes the caller the one who wakes the task, by <see cref="GoOn"/> or <see cref="Run"/>.</summary>
    /// <returns>Whether a task waits.</returns>
    public bool TryTake()
    {
        var wasAwaited = IsAwaited;
        IsAwaited = false;
        return wasAwaited;
    }

    /// <summary>Wakes the task after <see cref="TryTake"/>. It goes on elsewhere.</summary>
    public void GoOn() => _core.SetResult(true);

    /// <summary>Wakes the task after <see cref="TryTake"/>. It goes on in this call, until it waits for something. Must not be called under a lock.</summary>
    public void Run()
    {
        _core.RunContinuationsAsynchronously = false;
        _core.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
