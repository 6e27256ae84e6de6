using ClusterTest.Reconnect.Internal.Connections;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal.Sessions;

/// <summary>The hot sessions of one consumer or producer. They run at the same time, and all stop when one of them has a fatal failure.</summary>
internal sealed class SessionGroup : IAsyncDisposable
{
    private readonly ClusterOptions _options;
    private readonly CleanUp _cleanUp;
    private readonly EventPump _events;
    private readonly GroupInterruption _interruption;
    private readonly Beat _beat;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort;
    private readonly Lock _disposal = new();
    private Task? _disposed;
    private int _stops;

    public SessionGroup(ClusterOptions options, ILogger logger, Func<SessionContext, Link, int, CancellationToken, Task<Generation>> startGeneration)
    {
        _options = options;
        _cleanUp = new CleanUp(options.TimeProvider, logger);
        _events = new EventPump(options.OnSessionEvent, logger);
        _interruption = new GroupInterruption(options.RecoveryTimeout, options.TimeProvider);
        _beat = new Beat(options.TimeProvider);
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, options.TimeProvider);
        var declarations = new Declarations(options, _cleanUp, logger);
        List<Session> sessions = [];
        for (var number = 0; number < options.Sessions; number++)
        {
            sessions.Add(new Session(new SessionContext(number, options, declarations, _beat, _cleanUp, logger), _events, _interruption, startGeneration));
        }

        ClusterMetrics.Add(this, options, () => _interruption.OpenCount);
        Completion = RunAsync(sessions); // does not block: each attempt to connect begins on a thread of its own
    }

    /// <summary>Gets a task that completes when all sessions are closed, and fails with the first fatal failure.</summary>
    public Task Completion { get; }

    /// <summary>Stops all sessions. Messages that are under way may finish within <paramref name="drain"/>, then the connections are cut.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (!Completion.IsCompleted)
        {
            BeginToStop(drain);
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public ValueTask DisposeAsync()
    {
        lock (_disposal)
        {
            return new ValueTask(_disposed ??= DisposeOnceAsync());
        }
    }

    // The first deadline counts: a later stop does not prolong it, whether a failed session or the user stopped the group first.
    private void BeginToStop(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _stops, 1) == 0)
        {
            _abort.CancelAfter(drain);
        }
    }

    private async Task DisposeOnceAsync()
    {
        await StopAsync(_options.DrainTimeout).ConfigureAwait(false);
        _cleanUp.Track(_events.DisposeAsync().AsTask()); // tracked, since an observer can hang
        _cleanUp.Track(_interruption.DisposeAsync().AsTask());
        _cleanUp.Track(_beat.DisposeAsync().AsTask());
        await _cleanUp.FinishAsync().ConfigureAwait(false);
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync(List<Session> sessions)
    {
        var running = sessions.Select(session => session.RunAsync(_stop.Token, _abort.Token)).ToList();
        var first = await Task.WhenAny(running).ConfigureAwait(false);
        if (first.IsFaulted)
        {
            BeginToStop(_options.DrainTimeout);
            await _stop.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        ClusterMetrics.Remove(this);
        await first.ConfigureAwait(false);
    }
}
