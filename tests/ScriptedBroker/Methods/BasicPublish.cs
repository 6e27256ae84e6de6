using System.Text;
using ScriptedAmqp.Internal;

namespace ScriptedAmqp;

/// <summary>A publish with its whole content: it is recorded, and scripted, when the last body frame has come.</summary>
public sealed record BasicPublish(string Exchange, string RoutingKey, bool Mandatory) : ClientMethod
{
    public MessageProperties Properties { get; init; } = new();

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The publish's number on its channel, from 1; 0 when the channel is not in confirm mode.</summary>
    public ulong SequenceNumber { get; init; }

    public string? MessageId => Properties.MessageId;

    public string Text => Encoding.UTF8.GetString(Body.Span);

    /// <summary>Routes the message, or returns it when it is mandatory and no queue takes it. Does not confirm it.</summary>
    public void Store() => Update(channel => channel.Store(this));

    /// <summary>
    /// <c>basic.ack</c> for <see cref="SequenceNumber"/>, whether or not that was said before or ever makes sense:
    /// <c>(publish with { SequenceNumber = 99 }).Confirm()</c> confirms what was never published.
    /// </summary>
    public void Confirm(bool multiple = false) => Update(channel => channel.Confirm(SequenceNumber, multiple));

    /// <summary><c>basic.nack</c> for <see cref="SequenceNumber"/>.</summary>
    public void Nack(bool multiple = false) => Update(channel => channel.Nack(SequenceNumber, multiple));

    /// <summary><c>basic.return</c>.</summary>
    public void Return(ushort replyCode = 312, string replyText = "NO_ROUTE") =>
        Update(channel => channel.Return(this, replyCode, replyText));

    private void Update(Action<BrokerChannel> change) => Connection.Broker.Update(() => change(Origin!));

    internal Message Message => new(Exchange, RoutingKey, Properties, Body);
}
