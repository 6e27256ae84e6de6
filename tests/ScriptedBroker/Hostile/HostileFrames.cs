using System.Buffers.Binary;

namespace ScriptedAmqp.Hostile;

/// <summary>Octets that no broker says, or not then, not there, not so.</summary>
public static class HostileFrames
{
    private const int Mebibyte = 1 << 20;

    public static IReadOnlyList<(string Name, byte[] Octets)> All { get; } =
    [
        ("tune", Method(0, 10, 30, [0x07, 0xff, 0, 2, 0, 0, 0, 60])),
        ("tune, all zero", Method(0, 10, 30, new byte[8])),
        ("tune, all ones", Method(0, 10, 30, [.. Enumerable.Repeat((byte)0xff, 8)])),
        ("tune, tiny", Method(0, 10, 30, [0, 1, 0, 0, 0, 1, 0, 1])),
        ("open-ok", Method(0, 10, 41, [0])),
        ("secure", Method(0, 10, 20, [0, 0, 0, 1, 0])),
        ("close-ok", Method(0, 10, 51, [])),
        ("blocked", Method(0, 10, 60, [1, (byte)'x'])),
        ("unblocked", Method(0, 10, 61, [])),
        ("close 320", Method(0, 10, 50, [1, 0x40, 1, (byte)'x', 0, 0, 0, 0])),
        ("close, cut short", Method(0, 10, 50, [1])),
        ("start, table of 4 GiB", Method(0, 10, 10, [0, 9, 0xff, 0xff, 0xff, 0xff, 1, (byte)'x', (byte)'S', 0xff, 0xff, 0xff, 0xff])),
        ("start, string of 2 GiB", Method(0, 10, 10, [0, 9, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff])),
        ("start, version 8", Method(0, 10, 10, [8, 0, 0, 0, 0, 0, 0, 0, 0, 5, (byte)'P', (byte)'L', (byte)'A', (byte)'I', (byte)'N', 0, 0, 0, 0])),
        ("start, nested a hundred times", Method(0, 10, 10, [0, 9, .. Nested(100), 0, 0, 0, 5, .. "PLAIN"u8, 0, 0, 0, 0])),
        ("channel.open-ok", Method(1, 20, 11, [0, 0, 0, 0])),
        ("channel.close", Method(1, 20, 40, [1, 0x94, 1, (byte)'x', 0, 0, 0, 0])),
        ("channel.close-ok", Method(1, 20, 41, [])),
        ("channel.flow off", Method(1, 20, 20, [0])),
        ("unknown class", Method(1, 99, 1, [])),
        ("unknown method", Method(1, 60, 99, [1, 2, 3])),
        ("unknown class on channel 0", Method(0, 99, 1, [])),
        ("method of one octet", Frame(1, 1, [0])),
        ("empty method", Frame(1, 1, [])),
        ("unknown frame type", Frame(42, 1, [1, 2, 3])),
        ("heartbeat with a payload on channel 5", Frame(8, 5, [1, 2, 3])),
        ("declare-ok on a channel that nobody opened", Method(9, 50, 11, [0, 0, 0, 0, 0, 0, 0, 0, 0])),
        ("declare-ok, cut short", Method(1, 50, 11, [200])),
        ("bind-ok", Method(1, 50, 21, [])),
        ("cancel of an unknown consumer", Method(1, 60, 30, [1, (byte)'x', 1])),
        ("ack of what was never published", Method(1, 60, 80, [0, 0, 0, 0, 0, 0, 0x27, 0x0f, 0])),
        ("ack 0, multiple", Method(1, 60, 80, [0, 0, 0, 0, 0, 0, 0, 0, 1])),
        ("ack of all, and more", Method(1, 60, 80, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])),
        ("nack of all, and more", Method(1, 60, 120, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])),
        ("return of what was never published", [.. Method(1, 60, 50, [1, 0x38, 0, 0, 0]), .. Header(1, 60, 0), .. Method(1, 20, 20, [1])]),
        ("header without a method", Header(1, 60, 5)),
        ("body before its header", Frame(3, 1, [1, 2, 3])),
        ("delivery for an unknown consumer", [.. Delivery("nobody"), .. Header(1, 60, 1), .. Frame(3, 1, [1])]),
        ("delivery whose header never comes", Delivery("x")),
        ("delivery with the header of another class", [.. Delivery("x"), .. Header(1, 10, 1)]),
        ("delivery of 127 MiB, declared", [.. Delivery("x"), .. Header(1, 60, 127 * Mebibyte), .. Frame(3, 1, [1])]),
        ("delivery of 8 EiB, declared", [.. Delivery("x"), .. Header(1, 60, long.MaxValue)]),
        ("delivery with too much body", [.. Delivery("x"), .. Header(1, 60, 1), .. Frame(3, 1, [1, 2, 3])]),
        ("delivery with every property and none", [.. Delivery("x"), .. Frame(2, 1, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])]),
        (
            "delivery with a table of 4 GiB",
            [.. Delivery("x"), .. Frame(2, 1, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0xff, 0xff, 0xff, 0xff, 0, (byte)'V'])]),
        ("frame of -1 octets", [1, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xCE]),
        ("frame of -2 octets", [1, 0, 1, 0xff, 0xff, 0xff, 0xfe, 0xCE]),
        ("frame of 2 GiB", [1, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0xCE]),
        ("frame of 127 MiB, declared", [3, 0, 1, 0x07, 0xf0, 0, 0, 0xCE]),
        ("frame beyond frame-max", Frame(3, 1, new byte[200_000])),
        ("protocol header", "AMQP\0\0\x9\x1"u8.ToArray()),
        ("half a protocol header", "AM"u8.ToArray()),
        ("HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray()),
    ];

    public static byte[] Frame(byte type, ushort channel, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[payload.Length + 8];
        frame[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), channel);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(3), payload.Length);
        payload.CopyTo(frame.AsSpan(7));
        frame[^1] = 0xCE;
        return frame;
    }

    private static byte[] Method(ushort channel, byte classId, byte methodId, ReadOnlySpan<byte> arguments) =>
        Frame(1, channel, [0, classId, 0, methodId, .. arguments]);

    private static byte[] Header(ushort channel, byte classId, long bodySize)
    {
        var payload = new byte[14];
        payload[1] = classId;
        BinaryPrimitives.WriteInt64BigEndian(payload.AsSpan(4), bodySize);
        return Frame(2, channel, payload);
    }

    private static byte[] Delivery(string consumerTag) =>
        Method(1, 60, 60, [(byte)consumerTag.Length, .. System.Text.Encoding.ASCII.GetBytes(consumerTag), 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);

    private static byte[] Nested(int levels)
    {
        byte[] table = [0, 0, 0, 0];
        for (var level = 0; level < levels; level++)
        {
            byte[] entry = [0, (byte)'F', .. table];
            table = [.. BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(entry.Length)), .. entry];
        }

        return table;
    }
}
