namespace ScriptedAmqp.Internal;

internal sealed class BrokerConsumer(BrokerChannel channel, BrokerQueue queue, BasicConsume request, string consumerTag, ushort prefetch)
{
    public BrokerChannel Channel => channel;

    public BrokerQueue Queue => queue;

    public string ConsumerTag => consumerTag;

    public bool NoAck => request.NoAck;

    public int Unacknowledged { get; set; }

    public bool HasCredit => prefetch == 0 || NoAck || Unacknowledged < prefetch;
}
