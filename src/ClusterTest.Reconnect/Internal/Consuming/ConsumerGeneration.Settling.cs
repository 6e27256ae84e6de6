using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>How messages leave the channel: acked, put back by the handler, parked, or given back because the channel ends.</summary>
internal sealed partial class ConsumerGeneration
{
    // Serializes the writes of the handler's task, of parked messages, and of the channel's end. The end does not release it.
#pragma warning disable CA2213 // The semaphore has no handle to free, and tasks may wait for it until they end.
    private readonly SemaphoreSlim _settling = new(1);
#pragma warning restore CA2213

    // The messages that are being parked, by delivery tag, until they are acked.
    private readonly Dictionary<ulong, Task> _toPark = [];
    private long _bytesToPark;
    private int _unsettled; // how many of these messages the check still considers pending
    private bool _hasToldThatAllWait;

    // The delivery tag of the message whose handler stopped because it was asked to; 0: none.
    private ulong _unhandled;

    /// <summary>
    /// Gives back the messages that the handler has not seen or not finished. Some brokers count messages that come back with a closed channel, but not
    /// messages that a consumer gives back. The consumer is cancelled first, since the broker would deliver the same messages again.
    /// </summary>
    protected override async Task GiveBackAsync(CancellationToken cancellationToken)
    {
        if (ConsumerTag.Length == 0)
        {
            return;
        }

        await _cancelling.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _lastDelivery.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _settling.WaitAsync(cancellationToken).ConfigureAwait(false);
        while (_deliveries.Reader.TryRead(out var next))
        {
            if (next.Tag != 0)
            {
                await Channel.BasicNackAsync(next.Tag, multiple: false, requeue: true, cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var deliveryTag in ToPark().Keys.Concat(_unhandled != 0 ? [_unhandled] : []))
        {
            await Channel.BasicNackAsync(deliveryTag, multiple: false, requeue: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CancelAsync()
    {
        try
        {
            await Channel.BasicCancelAsync(ConsumerTag, noWait: false, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Any exception means that the channel and its consumer are lost, or that the broker does not answer.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FailureClassifier.Classify(exception, Phase.Serve));
        }
    }

    private async Task SettleAsync(ulong deliveryTag, DeliveryAction action, Action? before = null)
    {
        try
        {
            await _settling.WaitAsync(Life).ConfigureAwait(false);
            try
            {
                before?.Invoke();
                if (Ended.IsCompleted)
                {
                    throw new OperationCanceledException(Life);
                }

                var settle = action == DeliveryAction.Retry
                    ? Channel.BasicNackAsync(deliveryTag, multiple: false, requeue: true, Life)
                    : Channel.BasicAckAsync(deliveryTag, multiple: false, Life);
                await WatchWriteAsync(settle).ConfigureAwait(false);
                if (action == DeliveryAction.Park)
                {
                    NoLongerWaits(deliveryTag);
                }
            }
            finally
            {
                _settling.Release();
            }

            _counters.CountSettled(action);
        }
        catch (Exception exception) when (exception is AlreadyClosedException or OperationCanceledException or ObjectDisposedException)
        {
            // The channel is gone. The delivery tag has no meaning without the channel: on another channel the tag would ack another message.
            _counters.CountStale();
            ClusterMetrics.StaleAck(Context.Options);
            Log.StaleSettlement(Context.Logger, Context.Session, deliveryTag);
        }
    }

    /// <summary>
    /// Begins to park a message, and does not wait for the end. The message stays unacked meanwhile, and the handler goes on with the others.
    /// </summary>
    private void BeginParking(Delivery delivery, ulong deliveryTag, string reason)
    {
        var parking = _parkingLot.ParkAsync(delivery, reason, Link.Connection.FrameMax, Life); // called in the order of the handler's results
        bool leavesRoom;
        lock (_toPark)
        {
            _toPark.Add(deliveryTag, Task.Run(() => AckOnceParkedAsync(parking, delivery, deliveryTag, reason)));
            _bytesToPark += delivery.Body.Length;
            leavesRoom = ParkingLeavesRoom;
            _unsettled += leavesRoom ? 0 : 1;
        }

        // The check considers the message settled, so that it still notices a lost consumer meanwhile. Without room no further message can come, so then
        // the check considers the message pending.
        if (leavesRoom)
        {
            _check.Settled();
        }
        else if (!_hasToldThatAllWait)
        {
            _hasToldThatAllWait = true;
            Log.AllWaitForParking(Context.Logger, Context.Session, ToPark().Count, _options.ParkedQueueName);
        }
    }

    private bool ParkingLeavesRoom => _toPark.Count < _options.Prefetch && _bytesToPark < _options.SessionPrefetchBytes;

    private void NoLongerWaits(ulong deliveryTag)
    {
        lock (_toPark)
        {
            _toPark.Remove(deliveryTag);
        }
    }

    private void ReturnBody(int bytes)
    {
        _budget.Return(bytes);
        lock (_toPark)
        {
            _bytesToPark -= bytes;
            for (; _unsettled > 0 && ParkingLeavesRoom; _unsettled--)
            {
                _check.Settled();
            }
        }
    }

    private async Task AckOnceParkedAsync(Task<Failure?> parking, Delivery delivery, ulong deliveryTag, string reason)
    {
        try
        {
            if (await parking.ConfigureAwait(false) is { } failure)
            {
                Log.NotParked(Context.Logger, Context.Session, delivery.MessageId ?? "(none)", failure.Message, failure.Advice);
                Tell(_options.OnNotParked, delivery, failure);
                return;
            }

            Log.Parked(Context.Logger, Context.Session, delivery.MessageId ?? "(none)", _options.ParkedQueueName, reason);
            await SettleAsync(deliveryTag, DeliveryAction.Park, before: () => Tell(_options.OnParked, delivery, reason)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The channel is gone, and the message is back in its queue.
        }
#pragma warning disable CA1031 // A failed write ends the generation; the broker still has the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FailureClassifier.Classify(exception, Phase.Serve));
        }
        finally
        {
            ReturnBody(delivery.Body.Length);
        }
    }

    private void Tell<T>(Action<Delivery, T>? observer, Delivery delivery, T what)
    {
        try
        {
            observer?.Invoke(delivery, what);
        }
#pragma warning disable CA1031 // The observer is the user's code; its exceptions do not change what happened to the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.ParkedObserverFailed(Context.Logger, exception);
        }
    }

    private Dictionary<ulong, Task> ToPark()
    {
        lock (_toPark)
        {
            return new(_toPark);
        }
    }

    private Task WhenParkedAsync() => Task.WhenAll(ToPark().Values);

    /// <summary>
    /// When the broker refuses the parked queue: receives no more messages, lets the handler finish the messages that are here already, and ends.
    /// </summary>
    private async Task EndIfParkingIsRefusedAsync()
    {
        try
        {
            var refusal = await _parkingLot.Refused.WaitAsync(Life).ConfigureAwait(false);
            _budget.Lift(); // the answer to the cancel comes after all delivered messages
            await _cancelling.Value.WaitAsync(Life).ConfigureAwait(false);
            await _lastDelivery.Task.WaitAsync(Life).ConfigureAwait(false);
            _deliveries.Writer.TryComplete();
            await _handling.WaitAsync(Life).ConfigureAwait(false);
            End(refusal);
        }
        catch (OperationCanceledException)
        {
            // Retired.
        }
    }
}
