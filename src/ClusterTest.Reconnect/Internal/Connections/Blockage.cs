using ClusterTest.Reconnect.Internal.Failures;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>Whether the broker blocks a connection because it lacks memory or disk space (RabbitMQ, "Blocked Connection Notifications").</summary>
internal sealed class Blockage
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private volatile TaskCompletionSource? _blocked;
    private long _endedTimestamp;

    public Blockage(IConnection connection, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        connection.ConnectionBlockedAsync += OnBlockedAsync;
        connection.ConnectionUnblockedAsync += OnUnblockedAsync;
    }

    public bool IsBlocked => _blocked is not null;

    /// <summary>Gets when the last blockage ended; 0: none has ended.</summary>
    public long EndedTimestamp => Volatile.Read(ref _endedTimestamp);

    public Task WaitUntilOverAsync(CancellationToken cancellationToken) =>
        _blocked is { } blocked ? blocked.Task.WaitAsync(cancellationToken) : Task.CompletedTask;

    private Task OnBlockedAsync(object sender, ConnectionBlockedEventArgs blocked)
    {
        _blocked ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Log.Blocked(_logger, PeerText.Line(blocked.Reason));
        return Task.CompletedTask;
    }

    private Task OnUnblockedAsync(object sender, AsyncEventArgs unblocked)
    {
        Volatile.Write(ref _endedTimestamp, _time.GetTimestamp());
        var waiting = _blocked;
        _blocked = null;
        waiting?.TrySetResult();
        Log.Unblocked(_logger);
        return Task.CompletedTask;
    }
}
