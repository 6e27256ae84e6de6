using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ScriptedAmqp.Hostile;

/// <summary>One connection of a broker that goes wrong once, at a moment and in a way that seed and number decide.</summary>
public sealed class HostileCase
{
    // A consumer's or producer's whole session with one message is 9 to 14 writes of the broker's.
    private const int Writes = 14;
    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(15);

    private readonly Random _random;
    private readonly int _at;
    private readonly Trick _trick;
    private readonly List<byte[]> _said = [];
    private readonly List<byte> _sent = [];
    private byte[]? _withheld;

    private HostileCase() => (_random, _at, Number) = (new Random(0), int.MaxValue, -1);

    public HostileCase(int seed, int number)
    {
        Number = number;
        _random = new Random(unchecked((seed * 1_000_003) + number));
        _at = _random.Next(Writes);
        _trick = (Trick)_random.Next(Enum.GetValues<Trick>().Length);
    }

    private enum Trick
    {
        Flip,
        End,
        Silence,
        Drip,
        Cut,
        Repeat,
        SayAgain,
        Noise,
        InsertNoise,
        Before,
        Instead,
        After,
        Flood,
        Withhold,
        FrameSize,
        FrameEnd,
        FrameChannel,
        FrameType,
    }

    /// <summary>Gets a connection that stays good.</summary>
    public static HostileCase None => new();

    public int Number { get; }

    /// <summary>Gets a copy of what was sent so far.</summary>
    public ReadOnlyMemory<byte> Sent
    {
        get
        {
            lock (_sent)
            {
                return _sent.ToArray();
            }
        }
    }

    /// <summary>Gives what is sent in place of the broker's next words.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> DistortAsync(
        BrokerConnection connection, ReadOnlyMemory<byte> words, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var octets = words.ToArray();
        var isMoment = _said.Count == _at;
        _said.Add(octets);
        var parts = isMoment ? Play(octets) : _withheld is { } withheld ? [octets, withheld] : [octets];
        if (!isMoment)
        {
            _withheld = null;
        }

        foreach (var part in parts)
        {
            lock (_sent)
            {
                _sent.AddRange(part); // before it is written: a client may be faster than this
            }

            if (isMoment && _trick == Trick.Drip)
            {
                foreach (var octet in part)
                {
                    await Task.Delay(Drip, TimeProvider.System, cancellationToken);
                    yield return new[] { octet };
                }

                continue;
            }

            yield return part;
        }

        if (isMoment && _trick == Trick.Silence)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        if (isMoment && _trick == Trick.End)
        {
            connection.Disconnect();
        }
    }

    public override string ToString() => $"case {Number}: {_trick} at write {_at}";

    private byte[][] Play(byte[] octets)
    {
        var place = _random.Next(octets.Length + 1);
        switch (_trick)
        {
            case Trick.Flip:
                for (var flips = _random.Next(1, 9); flips > 0; flips--)
                {
                    octets[_random.Next(octets.Length)] ^= (byte)(1 << _random.Next(8));
                }

                return [octets];
            case Trick.End or Trick.Silence:
                return [octets[..place]];
            case Trick.Cut:
                return [octets[..place], octets[_random.Next(place, octets.Length + 1)..]];
            case Trick.Repeat:
                return [octets, octets];
            case Trick.SayAgain:
                return [_said[_random.Next(_said.Count)], octets];
            case Trick.Noise:
                _random.NextBytes(octets);
                return [octets];
            case Trick.InsertNoise:
                var noise = new byte[_random.Next(1, 64)];
                _random.NextBytes(noise);
                return [octets[..place], noise, octets[place..]];
            case Trick.Before:
                return [Frame(), octets];
            case Trick.Instead:
                return [Frame()];
            case Trick.After:
                return [octets, Frame()];
            case Trick.Flood:
                var flood = Frame();
                return [octets, .. Enumerable.Repeat(flood, Math.Clamp(100_000 / flood.Length, 1, 1000))];
            case Trick.Withhold:
                _withheld = octets;
                return [];
            case Trick.FrameSize:
                BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(3), (uint)_random.NextInt64(1L << _random.Next(1, 33)));
                return [octets];
            case Trick.FrameEnd:
                octets[^1] ^= (byte)_random.Next(1, 256);
                return [octets];
            case Trick.FrameChannel:
                BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(1), (ushort)_random.Next(1 << _random.Next(1, 17)));
                return [octets];
            case Trick.FrameType:
                octets[0] = (byte)_random.Next(256);
                return [octets];
            default:
                return [octets];
        }
    }

    private byte[] Frame() => HostileFrames.All[_random.Next(HostileFrames.All.Count)].Octets;
}
