namespace NullAmqp;

/// <summary>Numbers of AMQP 0-9-1. A method's is its class times 65,536, plus its own.</summary>
internal static class Amqp
{
    public const byte MethodFrame = 1;
    public const byte HeaderFrame = 2;
    public const byte BodyFrame = 3;
    public const byte HeartbeatFrame = 8;
    public const byte FrameEnd = 206;

    // Type, channel and size.
    public const int FrameStart = 7;

    public const ushort BasicClass = 60;
    public const ushort FrameError = 501;
    public const ushort NotImplemented = 540;

    public const uint ConnectionStart = (10 << 16) + 10;
    public const uint ConnectionStartOk = (10 << 16) + 11;
    public const uint ConnectionTune = (10 << 16) + 30;
    public const uint ConnectionTuneOk = (10 << 16) + 31;
    public const uint ConnectionOpen = (10 << 16) + 40;
    public const uint ConnectionOpenOk = (10 << 16) + 41;
    public const uint ConnectionClose = (10 << 16) + 50;
    public const uint ConnectionCloseOk = (10 << 16) + 51;
    public const uint ChannelOpen = (20 << 16) + 10;
    public const uint ChannelOpenOk = (20 << 16) + 11;
    public const uint ChannelClose = (20 << 16) + 40;
    public const uint ChannelCloseOk = (20 << 16) + 41;
    public const uint ExchangeDeclare = (40 << 16) + 10;
    public const uint ExchangeDeclareOk = (40 << 16) + 11;
    public const uint QueueDeclare = (50 << 16) + 10;
    public const uint QueueDeclareOk = (50 << 16) + 11;
    public const uint QueueBind = (50 << 16) + 20;
    public const uint QueueBindOk = (50 << 16) + 21;
    public const uint BasicQos = (60 << 16) + 10;
    public const uint BasicQosOk = (60 << 16) + 11;
    public const uint BasicConsume = (60 << 16) + 20;
    public const uint BasicConsumeOk = (60 << 16) + 21;
    public const uint BasicCancel = (60 << 16) + 30;
    public const uint BasicCancelOk = (60 << 16) + 31;
    public const uint BasicPublish = (60 << 16) + 40;
    public const uint BasicDeliver = (60 << 16) + 60;
    public const uint BasicAck = (60 << 16) + 80;
    public const uint BasicReject = (60 << 16) + 90;
    public const uint BasicNack = (60 << 16) + 120;
    public const uint ConfirmSelect = (85 << 16) + 10;
    public const uint ConfirmSelectOk = (85 << 16) + 11;
}
