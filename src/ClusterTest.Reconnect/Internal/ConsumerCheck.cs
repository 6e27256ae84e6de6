using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// Asks the broker, while a consumer gets nothing, whether it still serves it. Not every deleted queue is followed by a
/// <c>basic.cancel</c> (RabbitMQ 3.10.8, quorum queues): such a consumer would stay silent for ever beside a queue that fills.
/// </summary>
/// <remarks>
/// It asks on a channel of its own, which a refusal may close. While a handler is at work it does not ask: that silence is the handler's.
/// </remarks>
internal sealed class ConsumerCheck(SessionContext context, Link link, ConsumerOptions options)
{
    // RabbitMQ says "home node … is down", "has crashed" and the like with the same code; those queues are still there.
    private const string NoQueue = "NOT_FOUND - no queue ";

    private readonly TimeProvider _time = context.Options.TimeProvider;
    private readonly TimeSpan _interval = options.IdleCheckInterval;
    private long _quietSince = context.Options.TimeProvider.GetTimestamp();
    private int _pending;
    private bool _hadMessages;
    private IChannel? _channel;

    // What is pending is read first: it is settled only after the quiet has begun.
    private TimeSpan Quiet => Volatile.Read(ref _pending) > 0 ? TimeSpan.Zero : _time.GetElapsedTime(Volatile.Read(ref _quietSince));

    /// <summary>A message came; until it is settled nothing is asked.</summary>
    public void Delivered() => Interlocked.Increment(ref _pending);

    /// <summary>A message was settled. When it was the last one, the quiet begins.</summary>
    public void Settled()
    {
        Volatile.Write(ref _quietSince, _time.GetTimestamp());
        Interlocked.Decrement(ref _pending);
    }

    /// <summary>Checks until the consumer turns out to be lost.</summary>
    /// <param name="life">Ends the checks. A question that is under way ends with its answer, or with the connection.</param>
    /// <returns>The fault that the generation ends with.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<Fault> FindLossAsync(CancellationToken life)
    {
        try
        {
            var wait = _interval;
            while (true)
            {
                await Task.Delay(wait, _time, life).ConfigureAwait(false);
                var quiet = Quiet;
                if (quiet < _interval)
                {
                    _hadMessages = false;
                    wait = _interval - quiet;
                    continue;
                }

                if (await CheckAsync(life).ConfigureAwait(false) is { } loss)
                {
                    return loss;
                }

                wait = _interval;
            }
        }
        finally
        {
            if (_channel is { IsOpen: true } channel)
            {
                context.CleanUp.Track(channel.AbortAsync(CancellationToken.None));
            }
        }
    }

    private async Task<Fault?> CheckAsync(CancellationToken life)
    {
        try
        {
            return Judge(await AskAsync(life).ConfigureAwait(false));
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason is { ReplyCode: Constants.NotFound } reason && reason.ReplyText.StartsWith(NoQueue, StringComparison.Ordinal))
        {
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
        if (_channel is not { IsOpen: true })
        {
            _channel = await link.Connection.CreateChannelAsync(cancellationToken: life).ConfigureAwait(false);

            // A queue whose node is frozen can take a minute. To ask again meanwhile would need one more channel each time.
            _channel.ContinuationTimeout = Timeout.InfiniteTimeSpan;
        }

        return await _channel.QueueDeclarePassiveAsync(options.Cluster.Topology.Queue, life).ConfigureAwait(false);
    }

    // A queue without messages tells nothing: RabbitMQ says "no messages, no consumers" of a quorum queue whose leader does not answer, too
    // (rabbit_quorum_queue:stat). To consume anew would then do harm, since that waits for the leader.
    private Fault? Judge(QueueDeclareOk queue)
    {
        var hadMessages = _hadMessages;
        _hadMessages = queue.MessageCount > 0 && Quiet >= _interval;
        return (_hadMessages, hadMessages, queue.ConsumerCount) switch
        {
            (true, _, 0) => Lost("the queue has messages and no consumer: the broker no longer knows this one, and did not say so"),
            (true, true, _) => Lost("the queue has messages, and this consumer gets none"),
            _ => null,
        };
    }

    private static Fault Lost(string message) => Faults.Channel(FaultKind.ConsumerLost, message);
}
