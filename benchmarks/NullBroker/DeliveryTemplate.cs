using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ClusterTest.Events;

namespace NullAmqp;

/// <summary>
/// The frames of a delivery, ready but for what differs from message to message: the delivery tag, the message id, the number, the time when it was due, and
/// in a sealed body the number and the digest. The properties are those that our producer writes.
/// </summary>
internal sealed class DeliveryTemplate
{
    private const string Run = "0195a0b1-0000-7000-8000-000000000000";
    private const string IdStart = "0195a0b1-0000-7000-8000-";
    private const int IdDigits = 12;
    private const double Time = 1301531152.25;
    private const string Milliseconds = "1301531152250";
    private const long Placeholder = 1_000_000_000_000;
    private const int PlaceholderDigits = 13;
    private const string DigestPlaceholder = "ffffffffffffffff";

    // From here on a body is not copied, but sent from where it lies.
    private const int Large = 64 * 1024;

    private readonly byte[] _frames;
    private readonly int _head;
    private readonly int _tagAt;
    private readonly int _idAt;
    private readonly int _sequenceAt;
    private readonly int _publishAt;
    private readonly int _dueAt;
    private readonly int _bodySequenceAt = -1;
    private readonly int _digestAt = -1;

    public DeliveryTemplate(ushort channel, ReadOnlySpan<byte> consumerTag, int frameMax, NullBrokerOptions options)
    {
        var message = new TestMessage(TestMessage.DefaultContent, Time);
        message = options.IsSealed ? message with { Run = Run, Sequence = Placeholder, Digest = DigestPlaceholder } : message;
        var body = message.ToBody(options.BodySize);
        var writer = new FrameWriter(body.Length + 1024);

        writer.Method(channel, Amqp.BasicDeliver).ShortString(consumerTag);
        _tagAt = writer.Length;
        writer.LongLong(0).Octet(0).ShortString("cluster-test"u8).ShortString("cluster-test"u8).End();

        // Present: content type, headers, delivery mode, message id.
        writer.Begin(Amqp.HeaderFrame, channel).Short(Amqp.BasicClass).Short(0).LongLong((ulong)body.Length).Short(0xB080);
        writer.ShortString(Encoding.UTF8.GetBytes(TestMessage.ContentType));
        var table = writer.Length;
        writer.Long(0).ShortString(Encoding.UTF8.GetBytes(TestMessage.RunHeader)).Octet((byte)'S').LongString(Run);
        _sequenceAt = Number(writer, TestMessage.SequenceHeader);
        _dueAt = Number(writer, TestMessage.DueHeader);
        _publishAt = Number(writer, "x-cluster-publish-sequence");
        var tableEnd = writer.Length;
        writer.Octet(2).ShortString(Encoding.UTF8.GetBytes(IdStart + new string('0', IdDigits)));
        _idAt = writer.Length - IdDigits;
        writer.End();
        _head = writer.Length;
        foreach (var piece in body.Chunk(frameMax - Amqp.FrameStart - 1))
        {
            writer.Begin(Amqp.BodyFrame, channel).Raw(piece).End();
        }

        _frames = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(_frames.AsSpan(table), tableEnd - table - sizeof(int));
        if (options.IsSealed)
        {
            _bodySequenceAt = _head + _frames.AsSpan(_head).IndexOf("1000000000000"u8);
            _digestAt = _head + _frames.AsSpan(_head).IndexOf("ffffffffffffffff"u8);
        }
    }

    /// <summary>Gets the frames of a body that <see cref="Write"/> did not write, since it is large.</summary>
    public ReadOnlySpan<byte> LargeBody => IsLarge ? _frames.AsSpan(_head) : default;

    private bool IsLarge => _frames.Length - _head > Large;

    /// <summary>Writes a delivery: all of it, or if it is large its first two frames.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="tag">The delivery tag, which is the message's number, too.</param>
    /// <param name="now">When the message was due, in microseconds.</param>
    public void Write(FrameWriter writer, ulong tag, long now)
    {
        var frames = _frames.AsSpan();
        if (!IsLarge)
        {
            var copy = writer.Take(frames.Length);
            frames.CopyTo(copy);
            frames = copy;
        }

        BinaryPrimitives.WriteUInt64BigEndian(frames[_tagAt..], tag);
        BinaryPrimitives.WriteUInt64BigEndian(frames[_sequenceAt..], tag);
        BinaryPrimitives.WriteUInt64BigEndian(frames[_publishAt..], tag);
        BinaryPrimitives.WriteInt64BigEndian(frames[_dueAt..], now);
        Utf8Formatter.TryFormat(tag, frames.Slice(_idAt, IdDigits), out _, new('D', IdDigits));
        if (_digestAt >= 0)
        {
            Seal(frames, tag);
        }

        if (IsLarge)
        {
            writer.Raw(frames[.._head]);
        }
    }

    private static int Number(FrameWriter writer, string header)
    {
        writer.ShortString(Encoding.UTF8.GetBytes(header)).Octet((byte)'l').LongLong(0);
        return writer.Length - sizeof(long);
    }

    // The digest is that of TestMessage; spaces before a number are white space in JSON.
    private void Seal(Span<byte> frames, ulong tag)
    {
        Span<byte> digits = stackalloc byte[PlaceholderDigits];
        Utf8Formatter.TryFormat(tag, digits, out var count);
        var place = frames.Slice(_bodySequenceAt, PlaceholderDigits);
        place.Fill((byte)' ');
        digits[..count].CopyTo(place[^count..]);

        Span<byte> text = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(Run, text);
        text[length++] = (byte)'\n';
        digits[..count].CopyTo(text[length..]);
        length += count;
        length += Encoding.UTF8.GetBytes($"\n{Milliseconds}\n{TestMessage.DefaultContent}", text[length..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        Convert.TryToHexStringLower(hash[..(DigestPlaceholder.Length / 2)], frames.Slice(_digestAt, DigestPlaceholder.Length), out _);
    }
}
