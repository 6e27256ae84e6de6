namespace ScriptedAmqp.Internal;

/// <summary>A message in a queue, ready or unacknowledged; it keeps its position when it is requeued.</summary>
internal sealed class StoredMessage(BrokerQueue queue, long position, Message message)
{
    public BrokerQueue Queue => queue;

    public long Position => position;

    public Message Message => message;

    public int DeliveryCount { get; set; }

    public bool Redelivered { get; set; }

    /// <summary>As it goes out: a quorum queue tells how often the message came back.</summary>
    public Message Outgoing => DeliveryCount > 0 && queue.IsQuorum
        ? message with { Properties = message.Properties.WithHeader("x-delivery-count", (long)DeliveryCount) }
        : message;
}
