using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp;

/// <summary>
/// A connection that a client made, as the broker sees it: what came on it, and the ways in which the broker may misbehave on it.
/// </summary>
#pragma warning disable CA1001 // RunAsync, which the broker awaits, disposes of what it owns
public sealed partial class BrokerConnection
#pragma warning restore CA1001
{
    private readonly ScriptedBroker _broker;

    /// <summary>Counts from 1, in the order of acceptance.</summary>
    public int Number { get; }

    public TimeSpan AcceptedAt { get; }

    /// <summary>When the connection was lost, or null.</summary>
    public TimeSpan? EndedAt { get; private set; }

    /// <summary>Open as AMQP has it: <c>connection.open</c> was answered, and nobody has closed since.</summary>
    public bool IsOpen { get; private set; }

    public string? VirtualHost { get; private set; }

    /// <summary>As negotiated; zero is off.</summary>
    public TimeSpan Heartbeat { get; private set; }

    public int HeartbeatsReceived { get; private set; }

    /// <summary>All that came on this connection, in order.</summary>
    public Journal<ClientMethod> Received { get; } = new();

    /// <summary>Publishes in confirm mode that have not been confirmed or nacked.</summary>
    public int Unconfirmed { get; private set; }

    /// <summary>The most there ever were at one moment.</summary>
    public int MaxUnconfirmed { get; private set; }

    /// <summary><c>connection.close</c>; the socket is closed when the client has answered.</summary>
    public void Close(ushort replyCode, string replyText) => _broker.Update(() => CloseNow(replyCode, replyText));

    /// <summary><c>channel.close</c>, naming the method that it answers if there is one.</summary>
    public void CloseChannel(ushort channel, ushort replyCode, string replyText, ClientMethod? culprit = null) => _broker.Update(() =>
        (_channels.GetValueOrDefault(channel) ?? throw new InvalidOperationException($"{this} has no channel {channel}."))
        .Close(replyCode, replyText, culprit switch
        {
            BasicPublish => MethodId.BasicPublish,
            BasicConsume => MethodId.BasicConsume,
            ExchangeDeclare => MethodId.ExchangeDeclare,
            QueueDeclare => MethodId.QueueDeclare,
            QueueBind => MethodId.QueueBind,
            _ => default,
        }));

    /// <summary>
    /// <c>connection.blocked</c>. A RabbitMQ that raised an alarm also stops reading from a connection that publishes:
    /// <see cref="StopReading"/> does that.
    /// </summary>
    public void Block(string reason) => _broker.Update(() =>
        Send(Frame.Method(0, MethodId.ConnectionBlocked, new AmqpWriter().ShortString(reason))));

    public void Unblock() => _broker.Update(() => Send(Frame.Method(0, MethodId.ConnectionUnblocked)));

    /// <summary>Nothing more is read, so what the client writes fills the socket's buffers until its writes stall.</summary>
    public void StopReading() => _reading.Close();

    public void ResumeReading() => _reading.Open();

    /// <summary>Nothing more is written, heartbeats included; what the broker had to say waits.</summary>
    public void StopWriting() => _writing.Close();

    public void ResumeWriting() => _writing.Open();

    /// <summary>Neither reads nor writes, and keeps the socket: a frozen process.</summary>
    public void Freeze()
    {
        StopReading();
        StopWriting();
    }

    public void Thaw()
    {
        ResumeReading();
        ResumeWriting();
    }

    /// <summary>
    /// Ends the stream (FIN) after what was already said, then ignores what still comes until the client closes too. If the
    /// connection does not read or write, it is closed as the kernel would close it for a dead process.
    /// </summary>
    public void Disconnect() => _broker.Update(() =>
    {
        End();
        if (_writing.IsOpen && _reading.IsOpen)
        {
            _outbound.Writer.TryComplete();
        }
        else
        {
            CloseSocket();
        }
    });

    /// <summary>Resets the connection (RST) at once.</summary>
    public void Reset() => _broker.Update(() =>
    {
        End();
        CloseSocket(reset: true);
    });

    /// <summary>Any octets, AMQP or not.</summary>
    public void Send(ReadOnlySpan<byte> octets) => _outbound.Writer.TryWrite(octets.ToArray());

    /// <summary>Whether consumers of this connection are handed messages that never arrive, as when their node's member of the queue does not run.</summary>
    public bool SwallowsDeliveries { get; set; }

    public override string ToString() => $"connection {Number}";
}
