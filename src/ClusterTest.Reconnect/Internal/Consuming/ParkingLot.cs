using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Logging;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// Publishes messages to the parked queue for all sessions of a consumer, over a separate connection: a broker with an alarm reads nothing from a connection
/// that publishes, not even acks. The connection is opened for the first message, and recovers like a producer's connection. Its failures do not affect the
/// consumer's sessions.
/// </summary>
internal sealed class ParkingLot : IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConsumerOptions _options;
    private readonly ClusterOptions _cluster;
    private readonly ILogger _logger;
    private readonly Outbox _outbox;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<Failure> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lazy<Task> _running;
    private readonly Lazy<Task> _closing;
    private bool _hasToldMissing;

    public ParkingLot(ConsumerOptions options)
    {
        _options = options;
        _cluster = options.Cluster with
        {
            Topology = options.Cluster.Topology with { Exchange = "", Queue = options.ParkedQueueName, RoutingKey = options.ParkedQueueName },
            ClientName = options.Cluster.ClientName + " parking",
            Sessions = 1,
            RecoveryTimeout = Timeout.InfiniteTimeSpan,
            OnSessionEvent = TellIfMissing,
        };
        _logger = new GuardedLogger(_cluster.LoggerFactory.CreateLogger<ParkingLot>());

        // The prefetch limits the number of messages here, and a message waits as long as its channel lives.
        _outbox = new Outbox(
            int.MaxValue,
            Timeout.InfiniteTimeSpan,
            _cluster.TimeProvider,
            (outcome, latency) => ClusterMetrics.Sent(_cluster, outcome, latency),
            ProducerOptions.DefaultWindowBytes,
            () => ClusterMetrics.Republish(_cluster));
        _running = new Lazy<Task>(() => Unattached.Start(() => Task.Run(RunAsync)));
        _closing = new Lazy<Task>(CloseAsync);
    }

    /// <summary>Gets a task that completes with a fatal failure when the broker refuses the parked queue and no retry can succeed.</summary>
    public Task<Failure> Refused => _refused.Task;

    /// <summary>Publishes a copy of a message and waits until the broker has confirmed the copy, however long that takes.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="reason">Why it is parked.</param>
    /// <param name="frameMax">The largest frame that the broker accepts.</param>
    /// <param name="cancellationToken">Cancelled when the message's channel is gone: the message is back in its queue then.</param>
    /// <returns><see langword="null"/> when the message is parked, otherwise the reason why it cannot be parked.</returns>
    public async Task<Failure?> ParkAsync(Delivery delivery, string reason, uint frameMax, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OutgoingContent content;
        string cut;
        try
        {
            (content, cut) = ParkedCopy.Of(delivery, reason, _options.Cluster.Topology.Queue, frameMax);
        }
        catch (ArgumentException unwritable)
        {
            return NotAccepted(PeerText.Line(unwritable.Message));
        }

        if (cut.Length > 0)
        {
            Log.ParkedWithoutHeaders(_logger, delivery.Session, delivery.MessageId ?? "(none)", cut);
        }

        _ = _running.Value;
        var parking = _outbox.Add(content, cancellationToken).Result;
        if (await Task.WhenAny(parking, Refused).ConfigureAwait(false) != parking)
        {
            return await Refused.ConfigureAwait(false);
        }

        var result = await parking.ConfigureAwait(false);
        if (!result.IsConfirmed && _stop.IsCancellationRequested)
        {
            throw new OperationCanceledException("The consumer has stopped.");
        }

        return result.IsConfirmed ? null : NotAccepted(result.Reason);
    }

    public ValueTask DisposeAsync() => new(_closing.Value);

    private async Task CloseAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_running.IsValueCreated)
        {
            await _running.Value.ConfigureAwait(false);
        }

        _outbox.Shut();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var stop = _stop.Token;
        await using var ticking = _cluster.TimeProvider
            .CreateTimer(static state => ((Outbox)state!).Tick(), _outbox, TickInterval, TickInterval)
            .ConfigureAwait(false);
        try
        {
            while (true)
            {
                var sessions = new SessionGroup(
                    _cluster, _logger, (context, link, number, token) => ProducerGeneration.StartAsync(context, link, number, _outbox, token));
                await using var end = sessions.ConfigureAwait(false);
                try
                {
                    await sessions.Completion.WaitAsync(stop).ConfigureAwait(false);
                }
                catch (ClusterException exception) when (exception.Failure.Kind is FailureKind.AccessRefused or FailureKind.InequivalentArguments)
                {
                    var failure = Refusal(exception.Failure);
                    Log.ParkingRefused(_logger, failure.Message, failure.Advice);
                    _refused.TrySetResult(failure);
                    return;
                }
                catch (ClusterException exception)
                {
                    // For example a changed login, or a limit of connections. The consumer has its own connections, and goes on.
                    Log.ParkingInterrupted(_logger, exception, exception.Message, Pause.TotalSeconds);
                }

                await Task.Delay(Pause, _cluster.TimeProvider, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The consumer has stopped.
        }
    }

    // Logs once, since each try ends like this while the queue is missing.
    private void TellIfMissing(SessionEvent change)
    {
        if (_cluster.Topology.Predeclared
            && !_hasToldMissing
            && change is { To: SessionState.Recovering, Cause.Kind: FailureKind.NotFound or FailureKind.MessageReturned })
        {
            _hasToldMissing = true;
            Log.NoParkedQueue(
                Notices.Of(_cluster), _options.ParkedQueueName, "Declare it, or leave out Topology.Predeclared, and this client declares it");
        }
    }

    private Failure NotAccepted(string? reason) => NewFailure.Channel(
        FailureKind.MessageRefused,
        $"it cannot be parked in {_options.ParkedQueueName}: {reason ?? "the broker does not accept it"}",
        "Raise the broker's max_message_size, and the message is parked when it is delivered again; or remove it by other means, for example a shovel.");

    private Failure Refusal(Failure cause) => NewFailure.Fatal(
        FailureKind.ParkingFailed,
        cause.ReplyCode,
        $"messages cannot be parked in {_options.ParkedQueueName}: {cause.Message}",
        cause.Kind == FailureKind.AccessRefused
            ? $"They stay in their queue. Grant the user {ConfigurePermissionAnd}write permission on the default exchange (amq.default){OrDeclareNothing}."
            : $"They stay in their queue. Delete {_options.ParkedQueueName} when it is empty, or give it the type of the consumer's queue{OrDeclareNothing}.");

    private string ConfigurePermissionAnd => _cluster.Topology.Predeclared ? "" : $"configure permission on {_options.ParkedQueueName} and ";

    private string OrDeclareNothing => _cluster.Topology.Predeclared ? "" : "; or, if others have declared it, declare nothing (Topology.Predeclared)";
}
