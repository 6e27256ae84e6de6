using System.Buffers.Binary;
using System.Text;

namespace ClusterTest.Reconnect.Tests.Hostile;

/// <summary>What a peer really framed in all that it sent on one connection: what a client may believe, and nothing else.</summary>
internal static class FramedBytes
{
    private const byte FrameEnd = 0xCE;
    private const uint Deliver = (60 << 16) | 60;
    private const uint Ack = (60 << 16) | 80;

    /// <summary>Gives the bodies of the deliveries, as texts.</summary>
    public static IReadOnlySet<string> Deliveries(ReadOnlySpan<byte> sent)
    {
        HashSet<string> bodies = [];
        Dictionary<ushort, (ulong Size, List<byte> Body)> begun = [];
        while (TryRead(ref sent, out var type, out var channel, out var payload))
        {
            switch (type)
            {
                case 1 when MethodOf(payload) == Deliver:
                    begun[channel] = (ulong.MaxValue, []);
                    break;
                case 2 when payload.Length >= 12 && begun.TryGetValue(channel, out var content):
                    content.Size = BinaryPrimitives.ReadUInt64BigEndian(payload[4..]);
                    begun[channel] = content;
                    Complete(content);
                    break;
                case 3 when begun.TryGetValue(channel, out var content):
                    content.Body.AddRange(payload);
                    Complete(content);
                    break;
                default:
                    break;
            }
        }

        return bodies;

        void Complete((ulong Size, List<byte> Body) content)
        {
            if ((ulong)content.Body.Count == content.Size)
            {
                bodies.Add(Encoding.UTF8.GetString([.. content.Body]));
            }
        }
    }

    /// <summary>Tells whether a publish was confirmed.</summary>
    public static bool Confirms(ReadOnlySpan<byte> sent, ulong sequence)
    {
        while (TryRead(ref sent, out var type, out _, out var payload))
        {
            if (type == 1 && MethodOf(payload) == Ack && payload.Length >= 13)
            {
                var tag = BinaryPrimitives.ReadUInt64BigEndian(payload[4..]);
                if (tag == sequence || ((payload[12] & 1) != 0 && tag > sequence))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static uint MethodOf(ReadOnlySpan<byte> payload) => payload.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(payload);

    private static bool TryRead(ref ReadOnlySpan<byte> sent, out byte type, out ushort channel, out ReadOnlySpan<byte> payload)
    {
        type = 0;
        channel = 0;
        payload = default;
        if (sent.Length < 8)
        {
            return false;
        }

        type = sent[0];
        channel = BinaryPrimitives.ReadUInt16BigEndian(sent[1..]);
        var size = BinaryPrimitives.ReadUInt32BigEndian(sent[3..]);
        if (size > sent.Length - 8 || sent[7 + (int)size] != FrameEnd)
        {
            return false;
        }

        payload = sent.Slice(7, (int)size);
        sent = sent[(8 + (int)size)..];
        return true;
    }
}
