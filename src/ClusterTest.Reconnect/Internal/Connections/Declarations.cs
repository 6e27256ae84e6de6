using ClusterTest.Reconnect.Internal.Failures;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Declares the topology at every start, since the node at the other end may know none of it. The sessions of a client share one instance.
/// </summary>
/// <remarks>
/// <para>The binding uses a separate channel, but for a producer's first. RabbitMQ 3 binds in a transaction over all nodes (Mnesia), and one frozen node
/// delays that transaction until the other nodes consider it dead, a minute later by default. Exchange and queue, if they exist, are only looked up. A
/// binding that the broker confirmed to this client before is therefore declared at every start, but the session waits only briefly for the answer.</para>
/// <para>A quorum queue that is deleted first notifies its channels and ends after that. A client that returns in between reaches the ending queue: the
/// broker confirms its consumer, or takes its messages for no one, and its command keeps the queue's members from ending, until the broker ends them by
/// force 5 s later (RabbitMQ 3.10 to 4.3: ra_server_proc:terminating_leader, rabbit_quorum_queue:delete). A client that declares the queue again in
/// between gives the queue's name to channels that have not noticed the deletion yet (3.10 to 3.13: rabbit_channel consumes again by itself, and then
/// forgets the consumer). Therefore all sessions leave a queue alone for a moment when it seems to be deleted, and then one of them declares it.</para>
/// </remarks>
internal sealed class Declarations
{
    // RabbitMQ uses the same code for texts like "home node … is down" or "has crashed"; such queues still exist.
    private const string NoQueue = "NOT_FOUND - no queue ";
    private const string NoExchange = "NOT_FOUND - no exchange ";

    // How long a session waits for the answer to a binding that the broker confirmed before.
    private static readonly TimeSpan RebindWait = TimeSpan.FromMilliseconds(250);

    // How long the other sessions wait for the session that declares the queue.
    private static readonly TimeSpan LongestCreation = TimeSpan.FromSeconds(1);

    // How long at least the sessions leave a queue alone that seems to be deleted. A deletion without a stall took 20 to 250 ms on a busy machine
    // (3.10.8 and 4.3.6).
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(300);

    // How long after a node's end an answer may come of it: the queue has a new leader long before, and a busy machine is slow.
    private static readonly TimeSpan NodeEndTime = TimeSpan.FromSeconds(10);

    private readonly ClusterOptions _options;
    private readonly CleanUp _cleanUp;
    private readonly ILogger _logger;
    private readonly TimeSpan _pause;
    private readonly Lock _lock = new();
    private volatile bool _wasBound;
    private volatile bool _mustLook;
    private volatile bool _isThere;
    private TaskCompletionSource? _creation;
    private long _suspectedAt;
    private long _goneAt;
    private long _nodeEndedAt;

    public Declarations(ClusterOptions options, CleanUp cleanUp, ILogger logger)
    {
        _options = options;
        _cleanUp = cleanUp;
        _logger = logger;
        Turns = new CheckTurns(options.TimeProvider);
#pragma warning disable CA5394 // The jitter is no secret: it keeps clients from declaring the queue in step.
        _pause = ShortestPause * (1 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }

    /// <summary>Gets whose turn it is to ask whether the queue is still as it was declared.</summary>
    public CheckTurns Turns { get; }

    /// <summary>Gets when a session last found the queue deleted; 0: never.</summary>
    public long GoneTimestamp => Volatile.Read(ref _goneAt);

    /// <summary>Gets when a session last had reason to believe that the queue is deleted; 0: never.</summary>
    public long SuspectedTimestamp => Volatile.Read(ref _suspectedAt);

    /// <summary>Tells whether the broker refused because the queue does not exist, and not because the queue cannot be reached.</summary>
    public static bool IsNoQueue(OperationInterruptedException refused) =>
        refused.ShutdownReason is { ReplyCode: Constants.NotFound } reason && reason.ReplyText.StartsWith(NoQueue, StringComparison.Ordinal);

    /// <summary>Tells whether the broker refused because the exchange does not exist.</summary>
    public static bool IsNoExchange(OperationInterruptedException refused) =>
        refused.ShutdownReason is { ReplyCode: Constants.NotFound } reason && reason.ReplyText.StartsWith(NoExchange, StringComparison.Ordinal);

    /// <summary>Takes note that the binding is gone.</summary>
    public void NoteUnbound() => _wasBound = false;

    /// <summary>Takes note of why a generation ended: the cause may be the queue's deletion, and then the binding is gone as well.</summary>
    /// <param name="cause">The cause.</param>
    /// <param name="consumesSince">When the generation began, if it consumes.</param>
    public void Note(Failure cause, long? consumesSince = null)
    {
        if (cause.Kind is FailureKind.ConsumerCancelled or FailureKind.MessageReturned)
        {
            _wasBound = false;
            Suspect();
        }
        else if (cause.Kind is FailureKind.ConnectionForced)
        {
            Volatile.Write(ref _nodeEndedAt, _options.TimeProvider.GetTimestamp());
        }
        else if (cause.ReplyCode == Constants.InternalError && !CameFromEndedNode(consumesSince))
        {
            // RabbitMQ 3.10 gives this answer for a publish or consume on a queue that is being deleted or was just declared, and for a consume while the
            // queue's leader ends with its node. In the latter case many sessions come back, and must not take the others with them.
            Suspect();
        }

        // After the end of a node nothing needs to be looked up: that would cost a round trip, and with a frozen leader 250 ms.
        if (cause.Kind is FailureKind.ConsumerCancelled
            or FailureKind.MessageReturned
            or FailureKind.NotFound
            or FailureKind.ChannelClosed
            or FailureKind.ConnectionClosed)
        {
            _mustLook = true;
        }
    }

    /// <summary>Adds advice to a failure that comes from a missing queue, exchange or binding which others should have declared.</summary>
    public Failure Advise(Failure failure) => (_options.Topology.Predeclared, failure.Kind) switch
    {
        (true, FailureKind.NotFound) when failure.Message.Contains(NoQueue, StringComparison.Ordinal)
            || failure.Message.Contains(NoExchange, StringComparison.Ordinal) =>
            failure with { Advice = "Declare it, or leave out Topology.Predeclared, and this client declares it." },
        (true, FailureKind.MessageReturned) => failure with
        {
            Advice = "Declare the queue, and bind it to the exchange with this routing key, or leave out Topology.Predeclared, and this client does both.",
        },
        _ => failure,
    };

    /// <summary>Takes note that the queue is deleted.</summary>
    public void NoteGone()
    {
        _wasBound = false;
        _isThere = false;
        Volatile.Write(ref _goneAt, _options.TimeProvider.GetTimestamp());
        Suspect();
    }

    /// <summary>Takes note that the broker no longer knew a consumer: others may have deleted the queue and declared it again.</summary>
    public void NoteForgotten()
    {
        _wasBound = false;
        Suspect();
    }

    /// <summary>Declares exchange and queue, and begins to bind them.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="channel">The session's channel.</param>
    /// <param name="bindsFirstOnChannel">
    /// Whether a binding that the broker has not confirmed before is declared on the session's channel, which has nothing else to do until the answer comes.
    /// </param>
    /// <param name="life">The generation's token, which ends the binding.</param>
    /// <param name="cancellationToken">Ends the declarations.</param>
    /// <returns>The running task of the binding.</returns>
    public async Task<Task> DeclareAsync(
        Link link, IChannel channel, bool bindsFirstOnChannel, CancellationToken life, CancellationToken cancellationToken)
    {
        await LeaveAloneAsync(cancellationToken).ConfigureAwait(false);
        var creation = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await TakeTurnAsync(creation, cancellationToken).ConfigureAwait(false);
        try
        {
            await DeclareAsync(channel, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _creation = _creation == creation ? null : _creation;
            }

            creation.SetResult();
        }

        return _options.Topology is { Predeclared: true } or { Exchange: "" } ? Task.CompletedTask
            : bindsFirstOnChannel && !_wasBound ? BindAsync(channel, life)
            : BindAsync(link, life);
    }

    /// <summary>
    /// Waits for a binding that the broker has not confirmed before. The consumer begins after this wait: otherwise its messages could fill the budget, and
    /// the answer to the binding would wait behind them.
    /// </summary>
    public Task AwaitFirstBindingAsync(Task binding, CancellationToken cancellationToken) =>
        _wasBound ? Task.CompletedTask : binding.WaitAsync(cancellationToken);

    /// <summary>Waits for the binding, and only briefly if the broker confirmed it before.</summary>
    public async Task AwaitBindingAsync(Task binding, CancellationToken cancellationToken)
    {
        if (_wasBound)
        {
            await Task.WhenAny(binding, Task.Delay(RebindWait, _options.TimeProvider, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!binding.IsCompleted)
            {
                Log.BindingPending(_logger, _options.Topology.Queue);
                return;
            }
        }

        await binding.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the broker's refusal of a binding.</summary>
    /// <returns>
    /// The refusal; <see langword="null"/> if the broker confirmed the binding, or if no answer came: then the binding is as it was before.
    /// </returns>
    public static async Task<Failure?> FindRefusalAsync(Task binding)
    {
        try
        {
            await binding.ConfigureAwait(false);
            return null;
        }
        catch (OperationInterruptedException refused)
        {
            return FailureClassifier.Classify(refused, Phase.Declare);
        }
        catch (Exception unanswered) when (unanswered is OperationCanceledException or TimeoutException or ObjectDisposedException)
        {
            return null;
        }
    }

    private bool CameFromEndedNode(long? consumesSince) =>
        Volatile.Read(ref _nodeEndedAt) is not 0 and var ended && consumesSince > ended && _options.TimeProvider.GetElapsedTime(ended) < NodeEndTime;

    private void Suspect()
    {
        // A further consequence of the same deletion does not prolong the pause.
        if (_suspectedAt == 0 || _options.TimeProvider.GetElapsedTime(_suspectedAt) > 2 * _pause)
        {
            Volatile.Write(ref _suspectedAt, _options.TimeProvider.GetTimestamp());
        }
    }

    private async Task LeaveAloneAsync(CancellationToken cancellationToken)
    {
        if (SuspectedTimestamp is not 0 and var suspected && _pause - _options.TimeProvider.GetElapsedTime(suspected) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    // If the queue does not exist, one session declares it, and the others wait for that session. They wait briefly, since its node may hang.
    private async Task TakeTurnAsync(TaskCompletionSource mine, CancellationToken cancellationToken)
    {
        Task other;
        lock (_lock)
        {
            if (_isThere)
            {
                return;
            }

            if (_creation is null)
            {
                _creation = mine;
                return;
            }

            other = _creation.Task;
        }

        await Task.WhenAny(other, Task.Delay(LongestCreation, _options.TimeProvider, cancellationToken)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task DeclareAsync(IChannel channel, CancellationToken cancellationToken)
    {
        var topology = _options.Topology;
        if (topology.Predeclared)
        {
            _isThere = true; // nobody may ask
            return;
        }

        if (_isThere && _mustLook)
        {
            await LookAsync(channel, cancellationToken).ConfigureAwait(false);
        }

        // The queue's answer stands for both: a channel executes its methods in order, and a method that fails closes the channel (AMQP 0-9-1, 1.4 and 4.7).
        if (topology.Exchange.Length > 0)
        {
            const string type = ExchangeType.Direct;
            await channel
                .ExchangeDeclareAsync(topology.Exchange, type, durable: true, autoDelete: false, noWait: true, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
        }

        await channel.DeclareQueueAsync(topology.Queue, topology.QueueType, cancellationToken).ConfigureAwait(false);
        (_isThere, _mustLook) = (true, false);
    }

    // A deleted queue must not be declared again before all channels have noticed the deletion.
    private async Task LookAsync(IChannel channel, CancellationToken cancellationToken)
    {
        try
        {
            await channel.QueueDeclarePassiveAsync(_options.Topology.Queue, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException refused) when (IsNoQueue(refused))
        {
            NoteGone();
            throw;
        }
    }

    private async Task BindAsync(Link link, CancellationToken life)
    {
        var channel = await link.Connection.CreateChannelAsync(cancellationToken: life).ConfigureAwait(false);
        try
        {
            await BindAsync(channel, life).ConfigureAwait(false);
        }
        finally
        {
            _cleanUp.Track(channel.AbortAsync(CancellationToken.None));
        }
    }

    private async Task BindAsync(IChannel channel, CancellationToken life)
    {
        var topology = _options.Topology;
        await channel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: life).ConfigureAwait(false);
        _wasBound = true;
    }
}
