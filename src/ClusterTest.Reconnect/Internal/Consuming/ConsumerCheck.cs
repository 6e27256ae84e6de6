using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Sessions;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>
/// Asks the broker, while a consumer gets nothing, whether it still serves it. Not every deleted queue is followed by a
/// <c>basic.cancel</c> (RabbitMQ 3.10 to 3.13, quorum queues): such a consumer would stay silent for ever beside a queue that fills.
/// </summary>
/// <remarks>
/// <para>It asks on a channel of its own, which a refusal may close. While a handler is at work it does not ask: that silence is the handler's.</para>
/// <para>When it asks it also declares its binding, which may have gone as well: what is published then reaches no queue, and nobody is told. A binding that
/// is there stays as it is.</para>
/// <para>A busy consumer that falls silent asks sooner than one whose messages are rare.</para>
/// <para>Of two consumers on a queue that was declared anew, one can be served while messages that are handed to the other reach nobody. No answer
/// tells that. A session that gets nothing after another one of its client has lost its queue or its consumer therefore consumes anew, which costs
/// nothing: it has no message. So does one that gets nothing for long while another is busy: a broker takes turns among consumers that are alike.</para>
/// <para>If that does not help, it leaves the node: a member of the deleted queue that crashed while it ended is started again (Ra 2.2.0 in RabbitMQ 3.10.8) and
/// keeps the new queue's member from starting on its node. The leader leaves it to that member to deliver to the consumers of that node.</para>
/// </remarks>
internal sealed class ConsumerCheck(SessionContext context, Link link, ConsumerOptions options, ConsumerCounters counters)
{
    // More messages than this in a second, and half a second without any is a reason to ask.
    private const int Busy = 10;

    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);

    // As long as a deletion can take (5 s, rabbit_quorum_queue:delete), and as much again.
    private static readonly TimeSpan Alert = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = context.Options.TimeProvider;
    private readonly TimeSpan _interval = options.IdleCheckInterval;
    private readonly bool _asks = options.IdleCheckInterval != Timeout.InfiniteTimeSpan;
    private readonly TimeSpan _soon = options.IdleCheckInterval < Soon && options.IdleCheckInterval != Timeout.InfiniteTimeSpan ? options.IdleCheckInterval : Soon;
    private readonly long _began = context.Options.TimeProvider.GetTimestamp();
    private long _quietSince = context.Options.TimeProvider.GetTimestamp();
    private int _pending;
    private int _settled;
    private int _isQuietNew;
    private long _deliveredBefore;
    private bool _hadMessages;
    private bool _wasServed;
    private IChannel? _channel;
    private IChannel? _bindingChannel;
    private Task _binding = Task.CompletedTask;
    private volatile bool _isExchangeGone;

    // What is pending is read first: it is settled only after the quiet has begun.
    private TimeSpan Quiet => Volatile.Read(ref _pending) > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _quietSince));

    // They were given more than a few in this session's quiet. What they were given before, and work off, does not count.
    private bool OthersAreBusy => counters.Delivered - _deliveredBefore > Busy;

    /// <summary>A message came; until it is settled nothing is asked.</summary>
    public void Delivered() => Interlocked.Increment(ref _pending);

    /// <summary>A message was settled. When it was the last one, the quiet begins.</summary>
    public void Settled()
    {
        BeginQuiet();
        Interlocked.Increment(ref _settled);
        Interlocked.Decrement(ref _pending);
    }

    /// <summary>Checks until the consumer turns out to be lost.</summary>
    /// <param name="life">Ends the checks. A question that is under way ends with its answer, or with the connection.</param>
    /// <returns>The failure that the generation ends with.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Failure> FindLossAsync(CancellationToken life)
    {
        try
        {
            if (Volatile.Read(ref _pending) is 0 && Volatile.Read(ref _settled) is 0)
            {
                BeginQuiet(); // The start may have taken long.
            }

            var (wasBusy, before) = (false, 0);
            var (asked, bound) = (_began, _began);
            while (true)
            {
                await Task.Delay(_soon, _time, life).ConfigureAwait(false);
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

                if (_asks && IsLeftOut())
                {
                    return Lost("another session lost this queue, and this consumer has got nothing since");
                }

                if (_asks && IsPassedOver(quiet))
                {
                    return Lost("other sessions get messages, and this consumer gets none", isSure: true);
                }

                var interval = (wasBusy && quiet < Alert) || WasSuspectedWithin(Alert) ? _soon : _interval;
                if (!_asks || options.Cluster.Topology.Predeclared || quiet < interval || _time.GetElapsedTime(asked) < interval)
                {
                    continue;
                }

                if (await CheckAsync(life).ConfigureAwait(false) is { } loss)
                {
                    return loss;
                }

                asked = _time.GetTimestamp();
                if (_time.GetElapsedTime(bound) >= _interval && _binding.IsCompleted)
                {
                    bound = asked;
                    context.CleanUp.Track(_binding = BindAsync(life));
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
            channel.ContinuationTimeout = CloseTimeout; // its connection may be lost in this moment, and then no answer comes
            await channel.AbortAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    // Not waited for: RabbitMQ 3 answers a minute late while a node is frozen.
    private async Task BindAsync(CancellationToken life)
    {
        var topology = options.Cluster.Topology;
        if (topology is { Predeclared: true } or { Exchange: "" })
        {
            return;
        }

        try
        {
            _bindingChannel = await OpenAsync(_bindingChannel, life).ConfigureAwait(false);
            await _bindingChannel.QueueBindAsync(topology.Queue, topology.Exchange, topology.RoutingKey, cancellationToken: life).ConfigureAwait(false);
        }
        catch (OperationInterruptedException refused) when (Declarations.IsNoExchange(refused))
        {
            context.Declarations.NoteUnbound();
            _isExchangeGone = true;
        }
#pragma warning disable CA1031 // No answer decides nothing.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.CheckFailed(context.Logger, exception, context.Session);
        }
    }

    // A queue whose node is frozen can take a minute. To ask again meanwhile would need one more channel each time.
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

    private async Task<Failure?> CheckAsync(CancellationToken life)
    {
        try
        {
            return Judge(await AskAsync(life).ConfigureAwait(false));
        }
        catch (OperationInterruptedException refused) when (Declarations.IsNoQueue(refused))
        {
            context.Declarations.NoteGone();
            return Lost("the queue is gone, and the broker did not say so");
        }
#pragma warning disable CA1031 // No answer decides nothing: what else is wrong with queue, channel or connection shows where it matters.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _hadMessages = false;
            Log.CheckFailed(context.Logger, exception, context.Session);
            return null;
        }
    }

    private async Task<QueueDeclareOk> AskAsync(CancellationToken life)
    {
        _channel = await OpenAsync(_channel, life).ConfigureAwait(false);
        return await _channel.QueueDeclarePassiveAsync(options.Cluster.Topology.Queue, life).ConfigureAwait(false);
    }

    // A queue without messages tells nothing: RabbitMQ says "no messages, no consumers" of a quorum queue whose leader does not answer, too
    // (rabbit_quorum_queue:stat). To consume anew would then do harm, since that waits for the leader.
    private Failure? Judge(QueueDeclareOk queue)
    {
        var hadMessages = _hadMessages;
        _hadMessages = queue.MessageCount > 0 && Quiet >= _soon;
        if (_hadMessages && queue.ConsumerCount is 0)
        {
            context.Declarations.NoteForgotten();
            return Lost("the queue has messages and no consumer: the broker no longer knows this one, and did not say so");
        }

        return _hadMessages && hadMessages ? Lost("the queue has messages, and this consumer gets none") : null;
    }

    private bool WasSuspectedWithin(TimeSpan time) =>
        context.Declarations.SuspectedTimestamp is not 0 and var suspected && _time.GetElapsedTime(suspected) < time;

    // Of a queue that others declare nobody knows whether it serves all its consumers.
    private bool IsLeftOut() => IsLeftBehind() || (WasSuspectedWithin(Alert) && !options.Cluster.Topology.Predeclared && OthersAreBusy);

    private bool IsLeftBehind() =>
        context.Declarations.SuspectedTimestamp is var suspected && suspected > _began && suspected > Volatile.Read(ref _quietSince) && _time.GetElapsedTime(suspected) >= Soon;

    private bool IsPassedOver(TimeSpan quiet) => quiet >= Alert && !options.Cluster.Topology.Predeclared && OthersAreBusy;

    // A consumer that was declared anew after a deletion, or is passed over, and still gets nothing has no better prospects on this node.
    private Failure Lost(string message, bool isSure = false)
    {
        if (_wasServed || !(isSure || (WasSuspectedWithin(Alert) && context.Declarations.SuspectedTimestamp <= _began)))
        {
            return NewFailure.Channel(FailureKind.ConsumerLost, message);
        }

        link.Linger();
        return NewFailure.Connection(FailureKind.ConsumerLost, $"{message}; it goes to another node");
    }
}
