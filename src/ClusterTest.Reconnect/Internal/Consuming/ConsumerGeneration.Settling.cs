using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client.Exceptions;

namespace ClusterTest.Reconnect.Internal.Consuming;

/// <summary>How messages leave the channel: acked, put back, parked, or given back because the channel ends.</summary>
internal sealed partial class ConsumerGeneration
{
    // One writes at a time: the handler's task, a message that was parked, or the end. Whoever ends keeps it.
#pragma warning disable CA2213 // It has no handle to free, and is waited for until the end.
    private readonly SemaphoreSlim _settling = new(1);
#pragma warning restore CA2213

    // Those that are to be parked, by delivery tag, until they are acked.
    private readonly Dictionary<ulong, Task> _toPark = [];
    private long _bytesToPark;
    private int _unsettled; // of those, to the check
    private bool _hasToldThatAllWait;

    // The message that the handler stopped at, because it was asked to; 0: none.
    private ulong _unhandled;

    /// <summary>
    /// Gives back what the handler has not seen, or not done. Some brokers count what a closed channel brings back, but not what is put back. First the
    /// consumer is cancelled, since the broker would else hand out the same again.
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
#pragma warning disable CA1031 // Whatever it is: the channel was lost, and the consumer with it, or the broker does not answer.
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
            // The channel is gone, and with it the meaning of the tag: on another channel it would ack another message.
            _counters.CountStale();
            ClusterMetrics.StaleAck(Context.Options);
            Log.StaleSettlement(Context.Logger, Context.Session, deliveryTag);
        }
    }

    /// <summary>Has a message parked, and does not wait for it: it stays unacked, which costs it nothing, and the others go on.</summary>
    private void BeginParking(Delivery delivery, ulong deliveryTag, string reason)
    {
        var parking = _parkingLot.ParkAsync(delivery, reason, Link.Connection.FrameMax, Life); // in the order of the handler's results
        bool leavesRoom;
        lock (_toPark)
        {
            _toPark.Add(deliveryTag, Task.Run(() => AckOnceParkedAsync(parking, delivery, deliveryTag, reason)));
            _bytesToPark += delivery.Body.Length;
            leavesRoom = ParkingLeavesRoom;
            _unsettled += leavesRoom ? 0 : 1;
        }

        // To the check it is settled: while it waits, a loss of the consumer is noticed as ever. Without room nothing more can come.
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

    // Its body is not needed any more.
    private void ReturnParked(int bytes)
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
#pragma warning disable CA1031 // A write that fails ends the generation; the broker still has the message.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            End(FailureClassifier.Classify(exception, Phase.Serve));
        }
        finally
        {
            ReturnParked(delivery.Body.Length);
        }
    }

    private void Tell<T>(Action<Delivery, T>? observer, Delivery delivery, T what)
    {
        try
        {
            observer?.Invoke(delivery, what);
        }
#pragma warning disable CA1031 // The observer is the user's code: whatever it throws, the message is where it is.
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

    /// <summary>Takes no more messages once none can be parked, has those handled that are here already, and ends.</summary>
    private async Task EndIfParkingIsRefusedAsync()
    {
        try
        {
            var refusal = await _parkingLot.Refused.WaitAsync(Life).ConfigureAwait(false);
            _budget.Lift(); // the answer to the cancel comes behind what was handed out
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
