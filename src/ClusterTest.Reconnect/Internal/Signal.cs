namespace ClusterTest.Reconnect.Internal;

/// <summary>Wakes the tasks that wait for a change. Use it under its owner's lock. It allocates nothing while nobody waits.</summary>
internal sealed class Signal
{
    private TaskCompletionSource? _waiting;

    /// <summary>Gives a task that completes at the next <see cref="Set"/>.</summary>
    public Task WaitAsync() => (_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Set()
    {
        _waiting?.TrySetResult();
        _waiting = null;
    }
}
