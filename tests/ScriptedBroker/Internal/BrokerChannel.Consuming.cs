using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp.Internal;

internal sealed partial class BrokerChannel
{
    private readonly Dictionary<string, BrokerConsumer> _consumers = [];
    private readonly SortedDictionary<ulong, (StoredMessage Stored, BrokerConsumer? Consumer)> _deliveries = [];
    private ulong _lastDeliveryTag;
    private ushort _prefetch;
    private int _generatedTags;

    public void Deliver(BrokerConsumer consumer, StoredMessage stored)
    {
        var arguments = new AmqpWriter()
            .ShortString(consumer.ConsumerTag).LongLong(++_lastDeliveryTag).Bits(stored.Redelivered)
            .ShortString(stored.Message.Exchange).ShortString(stored.Message.RoutingKey);
        if (!connection.SwallowsDeliveries)
        {
            Send(MethodId.BasicDeliver, arguments, stored.Outgoing);
        }

        if (consumer.NoAck)
        {
            stored.Queue.Acknowledge(stored);
        }
        else
        {
            consumer.Unacknowledged++;
            _deliveries.Add(_lastDeliveryTag, (stored, consumer));
        }
    }

    /// <summary>The broker's own <c>basic.cancel</c>, as when a queue is deleted or its node is gone.</summary>
    public void Cancel(BrokerConsumer consumer)
    {
        Forget(consumer);
        Send(MethodId.BasicCancel, new AmqpWriter().ShortString(consumer.ConsumerTag).Bits(true));
    }

    /// <summary>Before the deliveries are requeued: a channel that is going takes none of them again.</summary>
    public void StopConsuming()
    {
        foreach (var consumer in _consumers.Values.ToArray())
        {
            Forget(consumer);
        }
    }

    internal static void CancelAll(BrokerQueue queue)
    {
        foreach (var consumer in queue.Consumers.ToArray())
        {
            consumer.Channel.Cancel(consumer);
        }
    }

    private void AnswerConsuming(ClientMethod method)
    {
        switch (method)
        {
            case BasicQos qos:
                _prefetch = qos.PrefetchCount;
                Send(MethodId.BasicQosOk);
                break;
            case BasicConsume consume:
                Consume(consume);
                break;
            case BasicCancel cancel:
                if (_consumers.TryGetValue(cancel.ConsumerTag, out var consumer))
                {
                    Forget(consumer);
                }

                SendUnless(cancel.NoWait, MethodId.BasicCancelOk, new AmqpWriter().ShortString(cancel.ConsumerTag));
                break;
            case BasicGet get:
                Get(get);
                break;
            case BasicAck ack:
                Settle(ack.DeliveryTag, ack.Multiple, stored => stored.Queue.Acknowledge(stored));
                break;
            case BasicNack nack:
                Settle(nack.DeliveryTag, nack.Multiple, nack.Requeue ? PutBack : Discard);
                break;
            case BasicReject reject:
                Settle(reject.DeliveryTag, multiple: false, reject.Requeue ? PutBack : Discard);
                break;
            default:
                throw new AmqpError(540, $"NOT_IMPLEMENTED - {method}") { IsFatalToConnection = true };
        }
    }

    private void Consume(BasicConsume consume)
    {
        var queue = virtualHost.Queue(consume.Queue);
        var tag = consume.ConsumerTag.Length > 0 ? consume.ConsumerTag : $"amq.ctag-{connection.Number}-{++_generatedTags}";
        var consumer = new BrokerConsumer(this, queue, consume, tag, _prefetch);
        if (!_consumers.TryAdd(tag, consumer))
        {
            throw new AmqpError(530, $"NOT_ALLOWED - attempt to reuse consumer tag '{tag}'") { IsFatalToConnection = true };
        }

        SendUnless(consume.NoWait, MethodId.BasicConsumeOk, new AmqpWriter().ShortString(tag));
        queue.Add(consumer);
        queue.Dispatch();
    }

    private void Get(BasicGet get)
    {
        var queue = virtualHost.Queue(get.Queue);
        if (queue.Take() is not { } stored)
        {
            Send(MethodId.BasicGetEmpty, new AmqpWriter().ShortString(""));
            return;
        }

        var arguments = new AmqpWriter()
            .LongLong(++_lastDeliveryTag).Bits(stored.Redelivered)
            .ShortString(stored.Message.Exchange).ShortString(stored.Message.RoutingKey).Long((uint)queue.ReadyCount);
        Send(MethodId.BasicGetOk, arguments, stored.Outgoing);
        if (get.NoAck)
        {
            queue.Acknowledge(stored);
        }
        else
        {
            _deliveries.Add(_lastDeliveryTag, (stored, null));
        }
    }

    private void Settle(ulong deliveryTag, bool multiple, Action<StoredMessage> settle)
    {
        var everything = multiple && deliveryTag == 0;
        if (!everything && !_deliveries.ContainsKey(deliveryTag))
        {
            throw new AmqpError(406, $"PRECONDITION_FAILED - unknown delivery tag {deliveryTag}");
        }

        ulong[] tags = everything ? [.. _deliveries.Keys]
            : multiple ? [.. _deliveries.Keys.TakeWhile(tag => tag <= deliveryTag)]
            : [deliveryTag];
        SettleAll(tags, settle);
    }

    private void SettleAll(ulong[] tags, Action<StoredMessage> settle)
    {
        var queues = new HashSet<BrokerQueue>();
        foreach (var tag in tags)
        {
            _deliveries.Remove(tag, out var delivery);
            settle(delivery.Stored);
            queues.Add(delivery.Stored.Queue);
            if (delivery.Consumer is { } consumer)
            {
                consumer.Unacknowledged--;
            }
        }

        foreach (var queue in queues)
        {
            queue.Dispatch();
        }
    }

    private void DropDeliveries() => SettleAll([.. _deliveries.Keys], stored => stored.Queue.Requeue(stored, isPutBack: false));

    private void Forget(BrokerConsumer consumer)
    {
        _consumers.Remove(consumer.ConsumerTag);
        consumer.Queue.Remove(consumer);
    }

    private static void PutBack(StoredMessage stored) => stored.Queue.Requeue(stored, isPutBack: true);

    private static void Discard(StoredMessage stored) => stored.Queue.Discard(stored);
}
