using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Work that nobody waits for during recovery: closing what is already lost. It is remembered, its failures are logged, and stopping
/// waits for it within a bound, since the client library's own dispose can hang (rabbitmq-dotnet-client#1751, #1825).
/// </summary>
internal sealed class CleanUp(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Task, Task> _running = new();

    public void Track(Task work) => _running[work] = ObserveAsync(work);

    public Task FinishAsync() => Task.WhenAny(Task.WhenAll(_running.Values), Task.Delay(Bound, time));

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
            _running.TryRemove(work, out _);
        }
    }
}
