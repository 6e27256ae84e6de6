namespace ScriptedAmqp;

/// <summary>Lets a test wait for a condition by looking again at each change, instead of by sleeping.</summary>
public sealed class ChangeSignal
{
    private readonly Lock _sync = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task Next
    {
        get
        {
            lock (_sync)
            {
                return _next.Task;
            }
        }
    }

    /// <summary>Says that something has changed.</summary>
    public void Set()
    {
        TaskCompletionSource changed;
        lock (_sync)
        {
            changed = _next;
            _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    /// <summary>Waits until the condition holds. The bound is on real time, whatever clock is under test.</summary>
    public async Task WaitForAsync(Func<bool> condition, TimeSpan timeout, Func<string> describe)
    {
        using var deadline = new CancellationTokenSource(timeout, TimeProvider.System);
        while (true)
        {
            var next = Next; // taken before the look, so that no change falls between the two
            if (condition())
            {
                return;
            }

            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                throw new TimeoutException($"Not within {timeout}: {describe()}");
            }
        }
    }
}
