namespace ScriptedAmqp.Internal.Wire;

/// <summary>From a method frame's payload to the method a client called.</summary>
internal static class MethodDecoder
{
    // The arguments of a call are evaluated from left to right, which is the order on the wire.
    public static ClientMethod Decode(ReadOnlyMemory<byte> payload)
    {
        var r = new AmqpReader(payload);
        return (MethodId)r.Long() switch
        {
            MethodId.ConnectionStartOk => new ConnectionStartOk(r.Table(), r.ShortString(), r.LongString()),
            MethodId.ConnectionTuneOk => new ConnectionTuneOk(r.Short(), r.Long(), r.Short()),
            MethodId.ConnectionOpen => new ConnectionOpen(r.ShortString()),
            MethodId.ConnectionClose => new ConnectionClose(r.Short(), r.ShortString()),
            MethodId.ConnectionCloseOk => new ConnectionCloseOk(),
            MethodId.ChannelOpen => new ChannelOpen(),
            MethodId.ChannelFlow => new ChannelFlow(r.Bit()),
            MethodId.ChannelClose => new ChannelClose(r.Short(), r.ShortString()),
            MethodId.ChannelCloseOk => new ChannelCloseOk(),
            MethodId.ExchangeDeclare => new ExchangeDeclare(
                r.NameAfterTicket(), r.ShortString(), r.Bit(), r.Bit(), r.Bit(), r.Bit(), r.Bit(), r.Table()),
            MethodId.ExchangeDelete => new ExchangeDelete(r.NameAfterTicket(), r.Bit(), r.Bit()),
            MethodId.QueueDeclare => new QueueDeclare(
                r.NameAfterTicket(), r.Bit(), r.Bit(), r.Bit(), r.Bit(), r.Bit(), r.Table()),
            MethodId.QueueBind => new QueueBind(r.NameAfterTicket(), r.ShortString(), r.ShortString(), r.Bit(), r.Table()),
            MethodId.QueueUnbind => new QueueUnbind(r.NameAfterTicket(), r.ShortString(), r.ShortString(), r.Table()),
            MethodId.QueuePurge => new QueuePurge(r.NameAfterTicket(), r.Bit()),
            MethodId.QueueDelete => new QueueDelete(r.NameAfterTicket(), r.Bit(), r.Bit(), r.Bit()),
            MethodId.BasicQos => new BasicQos(r.Long(), r.Short(), r.Bit()),
            MethodId.BasicConsume => new BasicConsume(
                r.NameAfterTicket(), r.ShortString(), r.Bit(), r.Bit(), r.Bit(), r.Bit(), r.Table()),
            MethodId.BasicCancel => new BasicCancel(r.ShortString(), r.Bit()),
            MethodId.BasicPublish => new BasicPublish(r.NameAfterTicket(), r.ShortString(), r.Bit()),
            MethodId.BasicGet => new BasicGet(r.NameAfterTicket(), r.Bit()),
            MethodId.BasicAck => new BasicAck(r.LongLong(), r.Bit()),
            MethodId.BasicReject => new BasicReject(r.LongLong(), r.Bit()),
            MethodId.BasicNack => new BasicNack(r.LongLong(), r.Bit(), r.Bit()),
            MethodId.ConfirmSelect => new ConfirmSelect(r.Bit()),
            var id => new UnsupportedMethod((ushort)((uint)id >> 16), (ushort)id),
        };
    }
}
