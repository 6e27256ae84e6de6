using System.Net;

namespace ScriptedAmqp;

public sealed record ScriptedBrokerOptions
{
    /// <value>127.0.0.1 by default.</value>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <value>0, the default, takes any free port.</value>
    public int Port { get; init; }

    /// <summary>The interval the broker proposes; a client may ask for a shorter one.</summary>
    /// <value>60 s by default.</value>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(60);

    /// <value>131,072 octets by default, as RabbitMQ has it.</value>
    public int FrameMax { get; init; } = 131_072;

    public ushort ChannelMax { get; init; } = 2047;

    /// <summary>What the broker offers to log in with. It does not check what a client chooses.</summary>
    /// <value>As RabbitMQ has it by default.</value>
    public string Mechanisms { get; init; } = "PLAIN AMQPLAIN";

    /// <summary>How often a message may come back to a quorum queue; once more, and it is dropped (<see cref="QueueState.Dropped"/>).</summary>
    /// <value>No limit by default, as up to RabbitMQ 3.13; from 4.0 on it is 20.</value>
    public int DeliveryLimit { get; init; } = int.MaxValue;

    /// <summary>Whether what is put back (<c>basic.nack</c>, <c>basic.reject</c>) counts as well, and not only what a closed channel brings back.</summary>
    /// <value>True by default, as up to RabbitMQ 4.2; from 4.3 on it does not.</value>
    public bool CountsPutBack { get; init; } = true;

    /// <summary>A small one makes a client's writes stall soon after the broker stopped reading.</summary>
    /// <value>Null, the default, leaves it to the system.</value>
    public int? ReceiveBufferSize { get; init; }

    /// <summary>
    /// What is written to a connection's socket in place of what the broker says there: all of it, none, or anything else, at any pace. The token is
    /// cancelled when the connection ends.
    /// </summary>
    /// <value>Null, the default, leaves it as it is.</value>
    public Func<BrokerConnection, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>>? Distort { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
