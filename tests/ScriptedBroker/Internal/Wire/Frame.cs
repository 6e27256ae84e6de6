using System.Buffers.Binary;

namespace ScriptedAmqp.Internal.Wire;

/// <summary>One AMQP frame: type, channel, length, payload and the end octet 0xCE.</summary>
internal sealed record Frame(FrameType Type, ushort Channel, ReadOnlyMemory<byte> Payload)
{
    public const int HeaderSize = 7;
    public const int Overhead = HeaderSize + 1;
    public const byte End = 0xCE;

    public static Frame Heartbeat { get; } = new(FrameType.Heartbeat, 0, ReadOnlyMemory<byte>.Empty);

    public static Frame Method(ushort channel, MethodId id, AmqpWriter? arguments = null) => new(
        FrameType.Method,
        channel,
        new AmqpWriter().Long((uint)id).Raw(arguments is null ? [] : arguments.Written.Span).Written);

    /// <summary>A method with its content: the header frame, and as many body frames as <paramref name="frameMax"/> asks for.</summary>
    public static IEnumerable<Frame> Content(Frame method, Message message, int frameMax)
    {
        yield return method;
        yield return new(FrameType.Header, method.Channel, message.Properties.ToHeader(message.Body.Length));
        for (var rest = message.Body; rest.Length > 0;)
        {
            var length = Math.Min(rest.Length, frameMax - Overhead);
            yield return new(FrameType.Body, method.Channel, rest[..length]);
            rest = rest[length..];
        }
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Payload.Length + Overhead];
        bytes[0] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(1), Channel);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(3), Payload.Length);
        Payload.CopyTo(bytes.AsMemory(HeaderSize));
        bytes[^1] = End;
        return bytes;
    }
}
