using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Sessions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// Asks the broker, while a consumer gets nothing, whether the broker still serves the consumer. The broker does not send a <c>basic.cancel</c> for every
/// deleted queue (RabbitMQ 3.10 to 3.13, quorum queues): without this check the consumer would receive nothing for ever while its queue fills.
/// </summary>
/// <remarks>
/// <para>The check asks on a separate channel, since a refusal may close it. While the handler is at work the check does not ask: the consumer gets nothing
/// because of the handler.</para>
/// <para>The check also declares the consumer's binding, which may be gone as well: without it messages reach no queue, and nobody notices. A binding that
/// exists stays as it is.</para>
/// <para>One session asks for all sessions of the client, and each asks for itself now and then: a queue's existence is known to the whole cluster, but a
/// node may know it late. While anything seems to be wrong, all sessions ask.</para>
/// <para>If a busy consumer gets nothing more, the check asks sooner than for a consumer whose messages are rare.</para>
/// <para>When a queue has been declared again and has two consumers, the broker may serve one of them while messages for the other reach nobody. No answer
/// reveals that. So a session that gets nothing after another session of its client lost its queue or its consumer consumes again, which costs nothing:
/// the session has no message. A session that gets nothing for long while another session is busy does the same: a broker takes turns among equal
/// consumers.</para>
/// <para>If that does not help, the session leaves the node: a member of the deleted queue that crashed while it ended is started again (Ra 2.2.0 in
/// RabbitMQ 3.10.8) and keeps the new queue's member from starting on its node. The leader relies on that member to deliver to the consumers of that
/// node.</para>
/// </remarks>
internal sealed class ConsumerCheck(SessionContext context, Link link, ConsumerOptions options, ConsumerCounters counters)
{
    // A consumer that got more messages than this in a second asks after half a second without any.
    private const int Busy = 10;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    // After so many intervals a session asks for itself, although another session asked meanwhile.
    private const int MostIntervals = 10;

    // Twice the longest time of a deletion (5 s, rabbit_quorum_queue:delete).
    private static readonly TimeSpan Alert = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = context.Options.TimeProvider;
    private readonly TimeSpan _interval = options.IdleCheckInterval;
    private readonly bool _asks = options.IdleCheckInterval != Timeout.InfiniteTimeSpan;
    private readonly TimeSpan _soon =
        options.IdleCheckInterval < Soon && options.IdleCheckInterval != Timeout.InfiniteTimeSpan ? options.IdleCheckInterval : Soon;

    private readonly CheckTurns _turns = context.Declarations.Turns;
    private readonly string _cluster = link.ClusterName;
    private readonly long _began = context.Options.TimeProvider.GetTimestamp();
    private long _quietSince = context.Options.TimeProvider.GetTimestamp();
    private int _pending;
    private int _settled;
    private int _isQuietNew;
    private long _deliveredBefore;
    private bool _hadMessages;
    private bool _wasAnswered;
    private bool _wasServed;
    private IChannel? _channel;
    private IChannel? _bindingChannel;
    private Task _binding = Task.CompletedTask;
    private volatile bool _isExchangeGone;

    // How long the consumer has had no message. The pending messages are read first, since the last of them is settled after the quiet time has begun.
    private TimeSpan Quiet => Volatile.Read(ref _pending) > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _quietSince));

    // Whether other sessions got more than a few messages in this session's quiet time. Messages that they got before do not count.
    private bool OthersAreBusy => counters.Delivered - _deliveredBefore > Busy;

    /// <summary>Takes note that a message came. Until it is settled, the check asks nothing.</summary>
    public void Delivered() => Interlocked.Increment(ref _pending);

    /// <summary>Takes note that messages were settled. If no other message is pending, the quiet time begins.</summary>
    public void Settled(int count)
    {
        BeginQuiet();
        Interlocked.Add(ref _settled, count);
        Interlocked.Add(ref _pending, -count);
    }

    /// <summary>Checks until the broker turns out not to serve the consumer any more.</summary>
    /// <param name="life">Ends the checks. A running question ends with its answer, or with the connection.</param>
    /// <returns>The failure that the generation ends with.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Failure> FindLossAsync(CancellationToken life)
    {
        try
        {
            if (Volatile.Read(ref _pending) is 0 && Volatile.Read(ref _settled) is 0)
            {
                BeginQuiet(); // the start may have taken long
            }

            var (wasBusy, before) = (false, 0);
            var (asked, bound) = (_began, _began);
            while (true)
            {
                await Task.Delay(Beat.Nearest(_soon, _time), _time, life).ConfigureAwait(false);
                if (Interlocked.Exchange(ref _isQuietNew, 0) is 1)
                {
                    _deliveredBefore = counters.Delivered;
                }

                var quiet = Quiet;
                if (quiet < _soon)
                {
                    var settled = Interlocked.Exchange(ref _settled, 0);
                    (wasBusy, before, _hadMessages) = (before + settled > Busy, settled, false);
                    _wasServed |= settled > 0;
                    continue;
                }

                if (_isExchangeGone)
                {
                    return Lost("the exchange is gone, and the queue's binding with it");
                }

                if (_asks && (HasGotNothingSinceSuspicion() || IsPassedOverAfterSuspicion()))
                {
                    return Lost("another session lost this queue, and this consumer has got nothing since");
                }

                if (_asks && IsPassedOver(quiet))
                {
                    return Lost("other sessions get messages, and this consumer gets none", isSure: true);
                }

                var isUrgent = (wasBusy && quiet < Alert) || WasSuspectedWithin(Alert);
                var interval = isUrgent ? _soon : _interval;
                var sinceAsked = _time.GetElapsedTime(asked);
                if (!_asks || options.Cluster.Topology.Predeclared || quiet < interval || sinceAsked < interval)
                {
                    continue;
                }

                var isForAll = isUrgent || _turns.TryTake(_cluster, context.Session, _interval);
                if (!isForAll && sinceAsked < MostIntervals * _interval)
                {
                    continue;
                }

                var isBehind = !_binding.IsCompleted;
                if (await CheckAsync(isForAll, life).ConfigureAwait(false) is { } loss)
                {
                    return loss;
                }

                _turns.End(_cluster, context.Session, _wasAnswered && !isBehind);
                asked = _time.GetTimestamp();
                if (_time.GetElapsedTime(bound) >= _interval && _binding.IsCompleted)
                {
                    bound = asked;
                    context.CleanUp.Track(_binding = BindAsync(isForAll, life));
                }
            }
        }
        finally
        {
            context.CleanUp.Track(CloseAsync());
        }
    }

    private async Task CloseAsync()
    {
        await AbortAsync(_channel).ConfigureAwait(false);
        await _binding.ConfigureAwait(false);
        await AbortAsync(_bindingChannel).ConfigureAwait(false);
    }

    private static async Task AbortAsync(IChannel? channel)
    {
        if (channel is { IsOpen: true })
        {
            channel.ContinuationTimeout = CloseTimeout; // the connection may be lost at this moment, and then no answer comes
            await channel.AbortAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    // The check does not wait for this task: RabbitMQ 3 answers only after a minute while a node is frozen.
    private async Task BindAsync(bool keepsChannel, CancellationToken life)
    {
        var topology = options.Cluster.Topology;
        if (topology is { Predeclared: true } or { Exchange: "" })
        {
            return;
        }

        try
        {
            _bindingChannel = await OpenAsync(_bindingChannel, life).ConfigureAwait(false);
            await _bindingChannel
                .QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: life)
                .ConfigureAwait(false);
        }
        catch (OperationInterruptedException refused) when (Declarations.IsNoExchange(refused))
        {
            context.Declarations.NoteUnbound();
            _isExchangeGone = true;
        }
#pragma warning disable CA1031 // Without an answer the binding may exist or not.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CheckFailed(context.Logger, exception, context.Session);
        }
        finally
        {
            if (!keepsChannel)
            {
                await AbortAsync(_bindingChannel).ConfigureAwait(false);
                _bindingChannel = null;
            }
        }
    }

    // The answer has no time limit: it can take a minute while the queue's node is frozen, and each further question would need one more channel.
    private async Task<IChannel> OpenAsync(IChannel? channel, CancellationToken life)
    {
        if (channel is not { IsOpen: true })
        {
            channel = await link.Connection.CreateChannelAsync(cancellationToken: life).ConfigureAwait(false);
            channel.ContinuationTimeout = Timeout.InfiniteTimeSpan;
        }

        return channel;
    }

    private void BeginQuiet()
    {
        Volatile.Write(ref _quietSince, _time.GetTimestamp());
        Volatile.Write(ref _isQuietNew, 1);
    }

    private async Task<Failure?> CheckAsync(bool keepsChannel, CancellationToken life)
    {
        try
        {
            _wasAnswered = false;
            var queue = await AskAsync(life).ConfigureAwait(false);
            _wasAnswered = true;
            return Judge(queue);
        }
        catch (OperationInterruptedException refused) when (Declarations.IsNoQueue(refused))
        {
            context.Declarations.NoteGone();
            return Lost("the queue is gone, and the broker did not cancel the consumer");
        }
#pragma warning disable CA1031 // Without an answer the consumer may be served or not. Other faults of queue, channel or connection show elsewhere.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _hadMessages = false;
            Log.CheckFailed(context.Logger, exception, context.Session);
            return null;
        }
        finally
        {
            if (!keepsChannel)
            {
                await AbortAsync(_channel).ConfigureAwait(false);
                _channel = null;
            }
        }
    }

    private async Task<QueueDeclareOk> AskAsync(CancellationToken life)
    {
        _channel = await OpenAsync(_channel, life).ConfigureAwait(false);
        return await _channel.QueueDeclarePassiveAsync(options.Cluster.Topology.Queue, life).ConfigureAwait(false);
    }

    // An answer of no messages proves nothing: RabbitMQ also answers "no messages, no consumers" for a quorum queue whose leader does not respond
    // (rabbit_quorum_queue:stat). Consuming again would then do harm, since it waits for the leader.
    private Failure? Judge(QueueDeclareOk queue)
    {
        var hadMessages = _hadMessages;
        _hadMessages = queue.MessageCount > 0 && Quiet >= _soon;
        if (_hadMessages)
        {
            _turns.LetAllAsk(Alert + (2 * _interval));
        }

        if (_hadMessages && queue.ConsumerCount is 0)
        {
            context.Declarations.NoteForgotten();
            return Lost("the queue has messages and no consumer: the broker no longer knows this consumer, and did not cancel it");
        }

        return _hadMessages && hadMessages ? Lost("the queue has messages, and this consumer gets none") : null;
    }

    private bool WasSuspectedWithin(TimeSpan time) =>
        context.Declarations.SuspectedTimestamp is not 0 and var suspected && _time.GetElapsedTime(suspected) < time;

    private bool HasGotNothingSinceSuspicion() =>
        context.Declarations.SuspectedTimestamp is var suspected
        && suspected > _began
        && suspected > Volatile.Read(ref _quietSince)
        && _time.GetElapsedTime(suspected) >= Soon;

    // A queue that others declare may serve one of its consumers alone.
    private bool IsPassedOverAfterSuspicion() => WasSuspectedWithin(Alert) && !options.Cluster.Topology.Predeclared && OthersAreBusy;

    private bool IsPassedOver(TimeSpan quiet) => quiet >= Alert && !options.Cluster.Topology.Predeclared && OthersAreBusy;

    // A consumer that began after a deletion, or is passed over, and gets nothing would get nothing on this node after another start, either.
    private Failure Lost(string message, bool isSure = false)
    {
        if (_wasServed || !(isSure || (WasSuspectedWithin(Alert) && context.Declarations.SuspectedTimestamp <= _began)))
        {
            return NewFailure.Channel(FailureKind.ConsumerLost, message);
        }

        link.Linger();
        return NewFailure.Connection(FailureKind.ConsumerLost, $"{message}; the session goes to another node");
    }
}
