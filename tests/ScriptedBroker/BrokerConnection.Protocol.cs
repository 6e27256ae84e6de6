using ScriptedAmqp.Internal;
using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp;

// Everything here runs under the broker's lock.
public sealed partial class BrokerConnection
{
    private readonly Dictionary<ushort, BrokerChannel> _channels = [];
    private bool _isClosing;

    internal int FrameMax { get; private set; } = 4096;

    internal ScriptedBroker Broker => _broker;

    internal IEnumerable<BasicPublish> UnconfirmedPublishes => _channels.Values.SelectMany(channel => channel.Unconfirmed);

    /// <summary>Whether a script may still act on this method, or it belongs to what is closing.</summary>
    internal bool IsLive(ClientMethod method) => !_isClosing && EndedAt is null && method.Origin is null or { IsOpen: true };

    /// <summary>Answers the method as a well-behaved broker would.</summary>
    internal void Execute(ClientMethod method)
    {
        if (EndedAt is not null || (_isClosing && method is not (ConnectionClose or ConnectionCloseOk)))
        {
            return;
        }

        switch (method)
        {
            case Accepted:
                break;
            case ProtocolHeader header:
                Greet(header);
                break;
            case ConnectionStartOk:
                Send(MethodId.ConnectionTune, new AmqpWriter()
                    .Short(_broker.Options.ChannelMax).Long((uint)_broker.Options.FrameMax).Short((ushort)_broker.Options.Heartbeat.TotalSeconds));
                break;
            case ConnectionTuneOk tune:
                Tune(tune);
                break;
            case ConnectionOpen open:
                (VirtualHost, IsOpen) = (open.VirtualHost, true);
                Send(MethodId.ConnectionOpenOk, new AmqpWriter().ShortString(""));
                break;
            case ConnectionClose:
                Send(MethodId.ConnectionCloseOk);
                Disconnect();
                break;
            case ConnectionCloseOk:
                Disconnect();
                break;
            default:
                ExecuteOnChannel(method);
                break;
        }
    }

    internal void CloseNow(ushort replyCode, string replyText)
    {
        if (_isClosing || EndedAt is not null)
        {
            return;
        }

        Send(MethodId.ConnectionClose, new AmqpWriter().Short(replyCode).ShortString(replyText).Short(0).Short(0));
        _isClosing = true;
        IsOpen = false;
        DropChannels();
    }

    internal void CountUnconfirmed(int change)
    {
        Unconfirmed += change;
        MaxUnconfirmed = Math.Max(MaxUnconfirmed, Unconfirmed);
        _broker.CountUnconfirmed(change);
    }

    internal void Send(Frame frame) => Send(frame.ToBytes());

    internal void Send(IEnumerable<Frame> frames) => Send([.. frames.SelectMany(frame => frame.ToBytes())]);

    private void Send(MethodId id, AmqpWriter? arguments = null) => Send(Frame.Method(0, id, arguments));

    private void Greet(ProtocolHeader header)
    {
        if (header.Octets.Span.SequenceEqual("AMQP\0\0\x9\x1"u8))
        {
            Send(ServerGreeting.Start(_broker.Options.Mechanisms));
        }
        else
        {
            Send("AMQP\0\0\x9\x1"u8);
            Disconnect();
        }
    }

    private void Tune(ConnectionTuneOk tune)
    {
        FrameMax = tune.FrameMax == 0 ? int.MaxValue : (int)tune.FrameMax;
        Heartbeat = TimeSpan.FromSeconds(tune.Heartbeat);
        StartHeartbeats();
    }

    private void ExecuteOnChannel(ClientMethod method)
    {
        switch (method)
        {
            case ChannelOpen when !_channels.ContainsKey(method.Channel):
                _channels.Add(method.Channel, new(this, _broker.VirtualHost, method.Channel));
                SendOnChannel(method, MethodId.ChannelOpenOk, new AmqpWriter().LongString(""));
                break;
            case ChannelOpen:
                CloseNow(504, "CHANNEL_ERROR - second 'channel.open' seen");
                break;
            case ChannelClose when _channels.Remove(method.Channel, out var channel):
                channel.Drop();
                SendOnChannel(method, MethodId.ChannelCloseOk);
                break;
            case ChannelCloseOk when _channels.Remove(method.Channel, out var closed): // or it was removed already, when both sides closed at once
                closed.Drop(); // it is still open when raw octets said channel.close
                break;
            case ChannelCloseOk:
                break;
            case { Origin: { } origin }:
                origin.Execute(method);
                break;
            default:
                CloseNow(504, $"CHANNEL_ERROR - expected 'channel.open' on channel {method.Channel}");
                break;
        }
    }

    private void SendOnChannel(ClientMethod method, MethodId id, AmqpWriter? arguments = null) =>
        Send(Frame.Method(method.Channel, id, arguments));

    private void Handle(Frame frame)
    {
        if (IsOpen && frame.Payload.Length > FrameMax - Frame.HeaderSize - 1)
        {
            var size = frame.Payload.Length;
            CloseNow(
                501,
                $"FRAME_ERROR - type {(int)frame.Type}, frame payload of {size} octets is too large: "
                    + $"{{frame_too_large,{size},{FrameMax - Frame.HeaderSize - 1}}}");
            return;
        }

        var channel = _channels.GetValueOrDefault(frame.Channel);
        switch (frame.Type)
        {
            case FrameType.Heartbeat:
                HeartbeatsReceived++;
                break;
            case FrameType.Method when MethodDecoder.Decode(frame.Payload) is var method:
                if (method is BasicPublish begun && channel is not null)
                {
                    channel.Assembler.Begin(begun);
                }
                else
                {
                    Receive(method, channel, frame.Channel);
                }

                break;
            case FrameType.Header or FrameType.Body when channel?.Assembler.Add(frame) is { } publish:
                Receive(channel.Number(publish), channel, frame.Channel);
                break;
            default:
                break;
        }
    }

    private void Receive(ClientMethod method, BrokerChannel? origin, ushort channel)
    {
        if (EndedAt is not null)
        {
            return;
        }

        (method.Connection, method.Channel, method.Origin, method.At) = (this, channel, origin, _broker.Elapsed);
        Received.Add(method);
        _broker.Receive(method);
    }

    private void DropChannels()
    {
        foreach (var channel in _channels.Values)
        {
            channel.StopConsuming();
        }

        foreach (var channel in _channels.Values)
        {
            channel.Drop();
        }
    }
}
