using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp.Internal;

internal sealed partial class BrokerChannel
{
    private readonly SortedDictionary<ulong, BasicPublish> _unconfirmed = [];
    private bool _confirms;
    private ulong _lastSequenceNumber;

    public IEnumerable<BasicPublish> Unconfirmed => _unconfirmed.Values;

    /// <summary>Every publish is numbered and counted on arrival, whatever the script then does with it.</summary>
    public BasicPublish Number(BasicPublish publish)
    {
        if (!IsOpen || !_confirms)
        {
            return publish;
        }

        var numbered = publish with { SequenceNumber = ++_lastSequenceNumber };
        _unconfirmed.Add(numbered.SequenceNumber, numbered);
        connection.CountUnconfirmed(1);
        return numbered;
    }

    /// <summary>Routes it, and returns it when it is mandatory and no queue took it; does not confirm it.</summary>
    public void Store(BasicPublish publish)
    {
        if (IsOpen && !virtualHost.Route(publish.Message) && publish.Mandatory)
        {
            Return(publish, 312, "NO_ROUTE");
        }
    }

    public void Return(BasicPublish publish, ushort replyCode, string replyText)
    {
        if (IsOpen)
        {
            var arguments = new AmqpWriter().Short(replyCode).ShortString(replyText)
                .ShortString(publish.Exchange).ShortString(publish.RoutingKey);
            Send(MethodId.BasicReturn, arguments, publish.Message);
        }
    }

    public void Confirm(ulong sequenceNumber, bool multiple) =>
        Settle(MethodId.BasicAck, sequenceNumber, multiple, new AmqpWriter().LongLong(sequenceNumber).Bits(multiple));

    public void Nack(ulong sequenceNumber, bool multiple) =>
        Settle(MethodId.BasicNack, sequenceNumber, multiple, new AmqpWriter().LongLong(sequenceNumber).Bits(multiple, false));

    private void Publish(BasicPublish publish)
    {
        Store(publish);
        Confirm(publish.SequenceNumber, multiple: false);
    }

    private void SelectConfirms() => _confirms = true;

    private void Settle(MethodId id, ulong sequenceNumber, bool multiple, AmqpWriter arguments)
    {
        if (!IsOpen || !_confirms)
        {
            return;
        }

        Send(id, arguments);
        ulong[] settled = multiple ? [.. _unconfirmed.Keys.TakeWhile(number => number <= sequenceNumber)] : [sequenceNumber];
        connection.CountUnconfirmed(-settled.Count(_unconfirmed.Remove));
    }

    private void DropPublishes()
    {
        connection.CountUnconfirmed(-_unconfirmed.Count);
        _unconfirmed.Clear();
    }
}
