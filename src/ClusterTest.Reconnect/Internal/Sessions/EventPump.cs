using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>Gives session events to the user's observer on a separate task, one at a time and in order.</summary>
internal sealed class EventPump : IAsyncDisposable
{
    private readonly Channel<(SessionEvent Event, TaskCompletionSource Observed)> _events =
        Channel.CreateUnbounded<(SessionEvent, TaskCompletionSource)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Action<SessionEvent>? _observer;
    private readonly ILogger _logger;
    private readonly Task _pump;

    public EventPump(Action<SessionEvent>? observer, ILogger logger)
    {
        _observer = observer;
        _logger = logger;
        _pump = PumpAsync();
    }

    /// <summary>Queues an event. This method never blocks.</summary>
    /// <returns>A task that completes when the observer has returned.</returns>
    public Task Publish(SessionEvent change)
    {
        if (_observer is null)
        {
            return Task.CompletedTask;
        }

        var observed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _events.Writer.TryWrite((change, observed)) ? observed.Task : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _events.Writer.TryComplete();
        await _pump.ConfigureAwait(false);
    }

    private async Task PumpAsync()
    {
        await foreach (var (change, observed) in _events.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                _observer!(change);
            }
#pragma warning disable CA1031 // The observer is the user's code: its exceptions must not end the recovery.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.ObserverFailed(_logger, exception);
            }
            finally
            {
                observed.SetResult();
            }
        }
    }
}
