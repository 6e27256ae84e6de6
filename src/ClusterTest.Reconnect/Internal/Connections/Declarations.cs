using ClusterTest.Reconnect.Internal.Failures;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// Declares the topology, assuming nothing: the node that was reached may know none of it. Shared by the sessions of a client.
/// </summary>
/// <remarks>
/// <para>The binding goes over a channel of its own. RabbitMQ 3 locks it in a transaction over all nodes (Mnesia), and one frozen node holds
/// that up until the others give it up for dead, a minute later by default; exchange and queue that exist are only looked up. A binding that
/// this client has seen confirmed is therefore still declared at every start, but waited for only briefly.</para>
/// <para>A quorum queue that is deleted tells its channels first and ends after that. Who returns in between is taken into the queue that
/// ends: it is told that it consumes, or publishes to nobody, and its command keeps the members from ending, until the broker ends them by force 5 s
/// later (RabbitMQ 3.10 to 4.3: ra_server_proc:terminating_leader, rabbit_quorum_queue:delete). Who declares the queue anew in between
/// gives its name to those who have not noticed yet (3.10 to 3.13: rabbit_channel consumes again by itself, and then forgets it). Therefore a queue that
/// seems to be deleted is left alone for a moment, by all sessions, and then declared by one of them.</para>
/// </remarks>
internal sealed class Declarations
{
    // RabbitMQ says "home node … is down", "has crashed" and the like with the same code; those queues are still there.
    private const string NoQueue = "NOT_FOUND - no queue ";
    private const string NoExchange = "NOT_FOUND - no exchange ";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    // How long the sessions wait for the one that declares.
    private static readonly TimeSpan LongestCreation = TimeSpan.FromSeconds(1);

    // A deletion without a stand-still took 20 to 250 ms on a busy machine (3.10.8 and 4.3.6).
    private static readonly TimeSpan ShortestPeace = TimeSpan.FromMilliseconds(300);

    private readonly ClusterOptions _options;
    private readonly CleanUp _cleanUp;
    private readonly ILogger _logger;
    private readonly TimeSpan _peace;
    private readonly Lock _lock = new();
    private volatile bool _wasBound;
    private volatile bool _mustLook;
    private volatile bool _isThere;
    private TaskCompletionSource? _creation;
    private long _suspectedAt;
    private long _goneAt;

    public Declarations(ClusterOptions options, CleanUp cleanUp, ILogger logger)
    {
        _options = options;
        _cleanUp = cleanUp;
        _logger = logger;
#pragma warning disable CA5394 // Jitter guards nothing: clients must not declare the queue in step.
        _peace = ShortestPeace * (1 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
    }

    /// <summary>Gets when a session last found the queue deleted; 0: never.</summary>
    public long GoneTimestamp => Volatile.Read(ref _goneAt);

    /// <summary>Gets when a session last had reason to believe that the queue is deleted; 0: never.</summary>
    public long SuspectedTimestamp => Volatile.Read(ref _suspectedAt);

    /// <summary>Tells whether the broker refused because there is no such queue, and not because it cannot be reached.</summary>
    public static bool IsNoQueue(OperationInterruptedException refused) =>
        refused.ShutdownReason is { ReplyCode: Constants.NotFound } reason && reason.ReplyText.StartsWith(NoQueue, StringComparison.Ordinal);

    /// <summary>Tells whether the broker refused because there is no such exchange.</summary>
    public static bool IsNoExchange(OperationInterruptedException refused) =>
        refused.ShutdownReason is { ReplyCode: Constants.NotFound } reason && reason.ReplyText.StartsWith(NoExchange, StringComparison.Ordinal);

    /// <summary>Takes note that the binding is gone.</summary>
    public void NoteUnbound() => _wasBound = false;

    /// <summary>Takes note of what a session ended with: it may come of the queue's deletion, and then the binding is gone as well.</summary>
    public void Note(Failure cause)
    {
        if (cause.Kind is FailureKind.ConsumerCancelled or FailureKind.MessageReturned)
        {
            _wasBound = false;
            Suspect();
        }
        else if (cause.ReplyCode == Constants.InternalError)
        {
            Suspect(); // RabbitMQ 3.10 answers so who publishes to a queue, or consumes from it, that is being deleted or was just declared.
        }

        // What ends with its node needs no look: it would cost a round trip, and with a frozen leader 250 ms.
        if (cause.Kind is FailureKind.ConsumerCancelled or FailureKind.MessageReturned or FailureKind.NotFound or FailureKind.ChannelClosed or FailureKind.ConnectionClosed)
        {
            _mustLook = true;
        }
    }

    /// <summary>Says what to do about what is missing, where others declare it.</summary>
    public Failure Advise(Failure failure) => (_options.Topology.Predeclared, failure.Kind) switch
    {
        (true, FailureKind.NotFound) when failure.Message.Contains(NoQueue, StringComparison.Ordinal) || failure.Message.Contains(NoExchange, StringComparison.Ordinal) =>
            failure with { Advice = "Declare it, or leave out Topology.Predeclared, and it is declared by this client." },
        (true, FailureKind.MessageReturned) =>
            failure with { Advice = "Declare the queue, and bind it to the exchange by this routing key, or leave out Topology.Predeclared, and this client does." },
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

    /// <summary>Takes note that the broker no longer knew a consumer: the queue may have been deleted and declared anew by others.</summary>
    public void NoteForgotten()
    {
        _wasBound = false;
        Suspect();
    }

    /// <summary>Declares exchange and queue, and begins to bind them.</summary>
    /// <param name="link">The connection.</param>
    /// <param name="channel">The session's channel.</param>
    /// <param name="life">Ends the binding's attempt with the generation.</param>
    /// <param name="cancellationToken">Gives up the declarations.</param>
    /// <returns>The binding, under way.</returns>
    public async Task<Task> DeclareAsync(Link link, IChannel channel, CancellationToken life, CancellationToken cancellationToken)
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

        return _options.Topology is { Predeclared: true } or { Exchange: "" } ? Task.CompletedTask : BindAsync(link, life);
    }

    /// <summary>Waits for a binding that was not confirmed before. The consumer begins after it: its messages could fill the budget, and the answer would wait behind them.</summary>
    public Task AwaitFirstBindingAsync(Task binding, CancellationToken cancellationToken) => _wasBound ? Task.CompletedTask : binding.WaitAsync(cancellationToken);

    /// <summary>Waits for the binding; for one that was confirmed before, not for long.</summary>
    public async Task AwaitBindingAsync(Task binding, CancellationToken cancellationToken)
    {
        if (_wasBound)
        {
            await Task.WhenAny(binding, Task.Delay(Patience, _options.TimeProvider, cancellationToken)).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            if (!binding.IsCompleted)
            {
                Log.BindingPending(_logger, _options.Topology.Queue);
                return;
            }
        }

        await binding.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells how a binding that was not waited for ended.</summary>
    /// <returns>The failure that it ended with; <see langword="null"/> if the binding is there, or if no answer came: then it is as it was before.</returns>
    public static async Task<Failure?> OutcomeOfAsync(Task binding)
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

    private void Suspect()
    {
        // What comes of the same deletion prolongs nothing.
        if (_suspectedAt == 0 || _options.TimeProvider.GetElapsedTime(_suspectedAt) > 2 * _peace)
        {
            Volatile.Write(ref _suspectedAt, _options.TimeProvider.GetTimestamp());
        }
    }

    private async Task LeaveAloneAsync(CancellationToken cancellationToken)
    {
        if (SuspectedTimestamp is not 0 and var suspected && _peace - _options.TimeProvider.GetElapsedTime(suspected) is var rest && rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    // Where no queue is, one session makes it, and the others wait for that; not for long, since that session's node may hang.
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
            _isThere = true; // as far as anybody may know
            return;
        }

        if (_isThere && _mustLook)
        {
            await LookAsync(channel, cancellationToken).ConfigureAwait(false);
        }

        // One answer for both: a channel executes its methods in order, and one that fails closes it (AMQP 0-9-1, 1.4 and 4.7).
        if (topology.Exchange.Length > 0)
        {
            await channel.ExchangeDeclareAsync(topology.Exchange, ExchangeType.Direct, durable: true, autoDelete: false, noWait: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        await channel.DeclareQueueAsync(topology.Queue, topology.QueueType, cancellationToken).ConfigureAwait(false);
        (_isThere, _mustLook) = (true, false);
    }

    // A queue that was deleted must not be declared anew before all have noticed.
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
        var topology = _options.Topology;
        var channel = await link.Connection.CreateChannelAsync(cancellationToken: life).ConfigureAwait(false);
        try
        {
            await channel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: life).ConfigureAwait(false);
            _wasBound = true;
        }
        finally
        {
            _cleanUp.Track(channel.AbortAsync(CancellationToken.None));
        }
    }
}
