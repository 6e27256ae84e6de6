using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Work that nobody waits for during recovery: closing what is already lost. It is remembered, its failures are logged, and stopping
/// waits for it within a bound, since the client library's own dispose can hang (rabbitmq-dotnet-client#1751, #1825).
/// </summary>
internal sealed class CleanUp(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Task, Task> _running = [];

    /// <summary>Gets the number of what is not over yet.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _running.Count;
            }
        }
    }

    public void Track(Task work)
    {
        // Under the lock, so that work which is over already is not entered after it was taken out.
        lock (_lock)
        {
            _running[work] = ObserveAsync(work);
        }
    }

    /// <summary>Waits until all is over, within a bound.</summary>
    public async Task FinishAsync()
    {
        Task[] running;
        lock (_lock)
        {
            running = [.. _running.Values];
        }

        await Task.WhenAny(Task.WhenAll(running), Task.Delay(Bound, time)).ConfigureAwait(false);
    }

    private async Task ObserveAsync(Task work)
    {
        await Task.Yield();
        try
        {
            await work.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The connection is given up: there is nobody to tell but the log.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CleanUpFailed(logger, exception);
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(work);
            }
        }
    }
}
