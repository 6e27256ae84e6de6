using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Work that recovery does not wait for: closing connections and channels that are lost already. This class keeps the running tasks, logs their
/// failures, and lets a stop wait for them within a bound, since the client library's own dispose can hang (rabbitmq-dotnet-client#1751, #1825).
/// </summary>
internal sealed class CleanUp(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly Dictionary<Task, Task> _running = [];

    /// <summary>Gets the number of tasks that still run.</summary>
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
        // Under the lock, so that a task that has ended already is not added after its removal.
        lock (_lock)
        {
            _running[work] = ObserveAsync(work);
        }
    }

    /// <summary>Waits until all tasks have ended, at most 2 s.</summary>
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
#pragma warning disable CA1031 // The connection is given up already: only the log needs to know.
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
