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
    private volatile bool _isAnyOpen; // whether one of these is there
    private long _bytesToPark;
    private int _unsettled; // how many of these messages the check still considers pending
    private bool _hasToldThatAllWait;

    // The messages whose acks have not been written.
    private readonly AckBatch _handled;

    // The delivery tag of the message whose handler stopped because it was asked to; 0: none.
    private ulong _unhandled;

    protected override bool GivesBack => true;

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

        await _settling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await WriteAckAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _settling.Release();
        }

        await _cancelling.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _lastDelivery.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await _settling.WaitAsync(cancellationToken).ConfigureAwait(false);
        await WriteAckAsync(cancellationToken).ConfigureAwait(false);
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

    /// <summary>Adds a message that the handler has finished to those that one ack covers.</summary>
    private ValueTask AckAsync(ulong deliveryTag, int bytes) =>
        _handled.Add(deliveryTag, bytes, _handlerBegan, _handlerEnded) || _isAnyOpen ? AckHandledAsync() : default;

    /// <summary>Acks the messages that the handler has finished.</summary>
    private async ValueTask AckHandledAsync()
    {
        if (_handled.IsEmpty || (Ended.IsCompleted && !Life.IsCancellationRequested))
        {
            return; // the end of the channel acks what is left
        }

        try
        {
            await _settling.WaitAsync(Life).ConfigureAwait(false);
            try
            {
                await WriteAckAsync(Life).ConfigureAwait(false);
            }
            finally
            {
                _settling.Release();
            }
        }
        catch (OperationCanceledException)
        {
            DropHandled();
        }
    }

    // The messages are not acked if the channel is gone. The delivery tags have no meaning without it: on another channel the tag would ack another message.
    private async ValueTask WriteAckAsync(CancellationToken cancellationToken)
    {
        var batch = _handled.Take();
        if (batch.Count == 0)
        {
            return;
        }

        try
        {
            await WatchWriteAsync(Channel.BasicAckAsync(batch.Last, multiple: batch.Count > 1, cancellationToken)).ConfigureAwait(false);
            _counters.CountSettled(DeliveryAction.Ack, batch.Count);
        }
        catch (Exception exception) when (IsTooLate(exception))
        {
            CountStale(batch.Last, batch.Count);
        }

        Forget(batch);
    }

    private void DropHandled()
    {
        var batch = _handled.Take();
        CountStale(batch.Last, batch.Count);
        Forget(batch);
    }

    private void Forget((ulong Last, int Count, long Bytes) batch)
    {
        _budget.Return(batch.Bytes);
        _check.Settled(batch.Count);
    }

    private static bool IsTooLate(Exception exception) => exception is AlreadyClosedException or OperationCanceledException or ObjectDisposedException;

    private void CountStale(ulong deliveryTag, int count)
    {
        if (count > 0)
        {
            _counters.CountStale(count);
            ClusterMetrics.StaleAck(Context.Options, count);
            Log.StaleSettlement(Context.Logger, Context.Session, deliveryTag);
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
        catch (Exception exception) when (IsTooLate(exception))
        {
            CountStale(deliveryTag, 1);
        }
    }

    /// <summary>
    /// Begins to park a message, and does not wait for the end. The message stays unacked meanwhile, and the handler goes on with the others.
    /// </summary>
    private void BeginParking(Delivery delivery, ulong deliveryTag, string reason)
    {
        // Called in the order of the handler's results. The handled messages have been acked before: a later ack covers the messages before it.
        var parking = _parkingLot.ParkAsync(delivery, reason, Link.Connection.FrameMax, Life);
        bool leavesRoom;
        lock (_toPark)
        {
            _isAnyOpen = true;
            _toPark.Add(deliveryTag, Task.Run(() => AckOnceParkedAsync(parking, delivery, deliveryTag, reason)));
            _bytesToPark += delivery.Body.Length;
            leavesRoom = ParkingLeavesRoom;
            _unsettled += leavesRoom ? 0 : 1;
        }

        // The check considers the message settled, so that it still notices a lost consumer meanwhile. Without room no further message can come, so then
        // the check considers the message pending.
        if (leavesRoom)
        {
            _check.Settled(1);
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
            _isAnyOpen = _toPark.Count > 0;
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
                _check.Settled(1);
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
