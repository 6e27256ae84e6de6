using System.Text;
using ScriptedAmqp.Internal;

namespace ScriptedAmqp;

/// <summary>Something a client did: an AMQP method it called, or one of the two moments before any method.</summary>
public abstract record ClientMethod
{
    /// <summary>The connection it came on.</summary>
    public BrokerConnection Connection { get; internal set; } = null!;

    /// <summary>The channel it came on; 0 is the connection itself.</summary>
    public ushort Channel { get; internal set; }

    /// <summary>When it came, counted from the start of the broker.</summary>
    public TimeSpan At { get; internal set; }

    /// <summary>Which opening of <see cref="Channel"/> it came on: a channel number is used again after a close.</summary>
    internal BrokerChannel? Origin { get; set; }

    /// <summary>Only the method's own arguments are worth a line.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;
}
