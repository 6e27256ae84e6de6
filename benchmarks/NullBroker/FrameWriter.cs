using System.Buffers.Binary;
using System.Text;

namespace NullAmqp;

/// <summary>A growing buffer of frames.</summary>
internal sealed class FrameWriter(int capacity)
{
    private byte[] _bytes = new byte[capacity];
    private int _frame;

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public FrameWriter Method(ushort channel, uint method) => Begin(Amqp.MethodFrame, channel).Long(method);

    public FrameWriter Begin(byte type, ushort channel)
    {
        _frame = Length;
        return Octet(type).Short(channel).Long(0);
    }

    /// <summary>Ends the frame, whose size is known now.</summary>
    public void End()
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.AsSpan(_frame + 3), Length - _frame - Amqp.FrameStart);
        Octet(Amqp.FrameEnd);
    }

    public FrameWriter Octet(byte value)
    {
        Take(1)[0] = value;
        return this;
    }

    public FrameWriter Short(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Take(2), value);
        return this;
    }

    public FrameWriter Long(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);
        return this;
    }

    public FrameWriter LongLong(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);
        return this;
    }

    public FrameWriter ShortString(ReadOnlySpan<byte> utf8) => Octet((byte)utf8.Length).Raw(utf8);

    public FrameWriter LongString(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Long((uint)utf8.Length).Raw(utf8);
    }

    public FrameWriter Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        return this;
    }

    /// <summary>Makes room for bytes that the caller fills in at once.</summary>
    public Span<byte> Take(int count)
    {
        if (Length + count > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2));
        }

        var taken = _bytes.AsSpan(Length, count);
        Length += count;
        return taken;
    }
}
