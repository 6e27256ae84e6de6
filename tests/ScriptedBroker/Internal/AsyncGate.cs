namespace ScriptedAmqp.Internal;

/// <summary>Open, passing it costs nothing; closed, it holds whoever wants to pass.</summary>
internal sealed class AsyncGate
{
    private volatile TaskCompletionSource? _closed;

    public bool IsOpen => _closed is null;

    public void Close() => Interlocked.CompareExchange(
        ref _closed,
        new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
        null);

    public void Open() => Interlocked.Exchange(ref _closed, null)?.SetResult();

    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        while (_closed is { } closed)
        {
            await closed.Task.WaitAsync(cancellationToken);
        }
    }
}
