namespace NullAmqp;

/// <summary>Which method gets which answer. What no client of the benchmarks sends is refused: 540, not implemented.</summary>
internal sealed partial class Connection
{
    private static ReadOnlySpan<byte> NoName => "null"u8;

    private void Read(byte type, ushort number, ReadOnlySpan<byte> payload)
    {
        var reader = new FieldReader(payload);
        switch (type)
        {
            case Amqp.MethodFrame:
                Answer(number, reader.Long(), reader);
                break;
            case Amqp.HeaderFrame:
                reader.Long(); // class and weight
                var channel = ChannelOf(number);
                channel.BodyLeft = reader.LongLong();
                PublishedIfWhole(channel);
                break;
            case Amqp.HeartbeatFrame:
                _out.Begin(Amqp.HeartbeatFrame, 0).End(); // each for one: the client sends as many as it wants to get
                break;
            default:
                Refuse(Amqp.FrameError, "FRAME_ERROR - unknown type", 0);
                break;
        }
    }

    private void Answer(ushort number, uint method, FieldReader reader)
    {
        switch (method)
        {
            case Amqp.BasicPublish: // its content follows, and counts
                break;
            case Amqp.BasicAck:
                Settle(number, reader.LongLong(), (reader.Octet() & 1) != 0);
                break;
            case Amqp.BasicNack: // a message that is put back is gone, as an acked one
                Settle(number, reader.LongLong(), (reader.Octet() & 1) != 0);
                break;
            case Amqp.BasicReject:
                Settle(number, reader.LongLong(), multiple: false);
                break;
            case Amqp.BasicQos:
                reader.Long();
                ChannelOf(number).Prefetch = reader.Short();
                _out.Method(number, Amqp.BasicQosOk).End();
                break;
            case Amqp.BasicConsume:
                Consume(number, ref reader);
                break;
            case Amqp.BasicCancel:
                Cancel(number, ref reader);
                break;
            case Amqp.ConfirmSelect:
                ChannelOf(number).Confirms = true;
                AnswerUnless((reader.Octet() & 1) != 0, number, Amqp.ConfirmSelectOk);
                break;
            default:
                AnswerDeclaration(number, method, ref reader);
                break;
        }
    }

    private void AnswerDeclaration(ushort number, uint method, ref FieldReader reader)
    {
        switch (method)
        {
            case Amqp.ExchangeDeclare:
                reader.Short();
                reader.ShortString();
                reader.ShortString();
                AnswerUnless((reader.Octet() & 16) != 0, number, Amqp.ExchangeDeclareOk);
                break;
            case Amqp.QueueDeclare:
                DeclareQueue(number, ref reader);
                break;
            case Amqp.QueueBind:
                reader.Short();
                reader.ShortString();
                reader.ShortString();
                reader.ShortString();
                AnswerUnless((reader.Octet() & 1) != 0, number, Amqp.QueueBindOk);
                break;
            case Amqp.ChannelOpen:
                _out.Method(number, Amqp.ChannelOpenOk).Long(0).End();
                break;
            case Amqp.ChannelClose:
                Forget(number);
                _out.Method(number, Amqp.ChannelCloseOk).End();
                break;
            default:
                AnswerConnection(method, ref reader);
                break;
        }
    }

    private void AnswerConnection(uint method, ref FieldReader reader)
    {
        switch (method)
        {
            case Amqp.ConnectionStartOk: // whoever it is
                _out.Method(0, Amqp.ConnectionTune).Short(2047).Long((uint)_frameMax).Short(60).End();
                break;
            case Amqp.ConnectionTuneOk:
                reader.Short();
                _frameMax = reader.Long() is > 0 and var max ? (int)Math.Min(max, (uint)_frameMax) : _frameMax;
                break;
            case Amqp.ConnectionOpen:
                _out.Method(0, Amqp.ConnectionOpenOk).ShortString([]).End();
                break;
            case Amqp.ConnectionClose:
                _out.Method(0, Amqp.ConnectionCloseOk).End();
                _isOver = true;
                break;
            case Amqp.ConnectionCloseOk:
                _isOver = true;
                break;
            default:
                Refuse(Amqp.NotImplemented, "NOT_IMPLEMENTED", method);
                break;
        }
    }

    private void Start()
    {
        _out.Method(0, Amqp.ConnectionStart).Octet(0).Octet(9);
        var properties = new FrameWriter(512).ShortString("product"u8).Octet((byte)'S').LongString("null broker");
        properties.ShortString("capabilities"u8).Octet((byte)'F');
        var capabilities = new FrameWriter(256);
        foreach (var name in new[] { "publisher_confirms", "basic.nack", "consumer_cancel_notify", "connection.blocked", "authentication_failure_close" })
        {
            capabilities.ShortString(System.Text.Encoding.ASCII.GetBytes(name)).Octet((byte)'t').Octet(1);
        }

        properties.Long((uint)capabilities.Length).Raw(capabilities.Written);
        _out.Long((uint)properties.Length).Raw(properties.Written).LongString("PLAIN AMQPLAIN").LongString("en_US").End();
    }

    private void PublishedIfWhole(Channel channel)
    {
        if (channel.BodyLeft == 0 && channel.Confirms)
        {
            channel.Published++;
            Touch(channel);
        }
    }

    private void Settle(ushort number, ulong tag, bool multiple)
    {
        var channel = ChannelOf(number);
        _totals = _totals with { Settled = _totals.Settled + channel.Unacked.Settle(tag, multiple) };
        Touch(channel);
    }

    private void Consume(ushort number, ref FieldReader reader)
    {
        reader.Short();
        reader.ShortString();
        var tag = reader.ShortString();
        var bits = reader.Octet();
        var channel = ChannelOf(number);
        if ((bits & 2) != 0 || channel.Consumer is not null)
        {
            Refuse(Amqp.NotImplemented, "NOT_IMPLEMENTED - one consumer a channel, and with acks", Amqp.BasicConsume);
            return;
        }

        tag = tag.IsEmpty ? NoName : tag;
        channel.Consumer = new DeliveryTemplate(number, tag, _frameMax, options);
        if ((bits & 8) == 0)
        {
            _out.Method(number, Amqp.BasicConsumeOk).ShortString(tag).End();
        }

        Touch(channel);
    }

    private void Cancel(ushort number, ref FieldReader reader)
    {
        var tag = reader.ShortString();
        ChannelOf(number).Consumer = null;
        if ((reader.Octet() & 1) == 0)
        {
            _out.Method(number, Amqp.BasicCancelOk).ShortString(tag).End();
        }
    }

    private void DeclareQueue(ushort number, ref FieldReader reader)
    {
        reader.Short();
        var name = reader.ShortString();
        if ((reader.Octet() & 16) == 0)
        {
            _out.Method(number, Amqp.QueueDeclareOk).ShortString(name.IsEmpty ? NoName : name).Long(0).Long(1).End();
        }
    }

    private void AnswerUnless(bool noWait, ushort channel, uint method)
    {
        if (!noWait)
        {
            _out.Method(channel, method).End();
        }
    }

    private void Refuse(ushort code, string text, uint method)
    {
        _out.Method(0, Amqp.ConnectionClose).Short(code).ShortString(System.Text.Encoding.ASCII.GetBytes(text)).Long(method).End();
        _isOver = true;
    }
}
