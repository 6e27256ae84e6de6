using System.Text;

namespace ScriptedAmqp;

/// <summary>A message as a queue holds it.</summary>
public sealed record Message(string Exchange, string RoutingKey, MessageProperties Properties, ReadOnlyMemory<byte> Body)
{
    public string? MessageId => Properties.MessageId;

    public string Text => Encoding.UTF8.GetString(Body.Span);
}
