using System.Buffers.Binary;
using System.Text;

namespace ScriptedAmqp.Internal.Wire;

/// <summary>Reads AMQP 0-9-1 arguments one after the other. Consecutive bits share an octet, as on the wire.</summary>
internal sealed class AmqpReader(ReadOnlyMemory<byte> buffer)
{
    private int _position;
    private int _bit;
    private byte _bits;

    private bool AtEnd => _position >= buffer.Length;

    public byte Octet() => Take(1)[0];

    public ushort Short() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint Long() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong LongLong() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public string ShortString() => Encoding.UTF8.GetString(Take(Octet()));

    public string LongString() => Encoding.UTF8.GetString(Take((int)Long()));

    /// <summary>A name after the <c>ticket</c> that AMQP 0-8 had there and 0-9-1 keeps reserved.</summary>
    public string NameAfterTicket()
    {
        _ = Short();
        return ShortString();
    }

    public bool Bit()
    {
        if (_bit is 0 or 8)
        {
            _bits = Octet();
        }

        return (_bits & (1 << _bit++)) != 0;
    }

    public Dictionary<string, object?> Table()
    {
        var entries = new AmqpReader(Slice((int)Long()));
        var table = new Dictionary<string, object?>();
        while (!entries.AtEnd)
        {
            table[entries.ShortString()] = entries.FieldValue();
        }

        return table;
    }

    private List<object?> Array()
    {
        var items = new AmqpReader(Slice((int)Long()));
        var array = new List<object?>();
        while (!items.AtEnd)
        {
            array.Add(items.FieldValue());
        }

        return array;
    }

    private object? FieldValue() => (char)Octet() switch
    {
        't' => Octet() != 0,
        'b' => (sbyte)Octet(),
        'B' => Octet(),
        's' => (short)Short(),
        'u' => Short(),
        'I' => (int)Long(),
        'i' => Long(),
        'l' => (long)LongLong(),
        'f' => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
        'd' => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        'D' => Decimal(),
        'S' => LongString(),
        'x' => Take((int)Long()).ToArray(),
        'T' => DateTimeOffset.FromUnixTimeSeconds((long)LongLong()),
        'F' => Table(),
        'A' => Array(),
        'V' => null,
        var type => throw new InvalidDataException($"Unknown field type '{type}' in a table."),
    };

    private decimal Decimal()
    {
        var scale = Octet();
        var value = Long();
        return new decimal((int)(value & int.MaxValue), 0, 0, value > int.MaxValue, scale);
    }

    private ReadOnlySpan<byte> Take(int count) => Slice(count).Span;

    private ReadOnlyMemory<byte> Slice(int count)
    {
        if (count > buffer.Length - _position)
        {
            throw new InvalidDataException($"Wanted {count} octets at {_position} of {buffer.Length}.");
        }

        _bit = 0;
        _position += count;
        return buffer.Slice(_position - count, count);
    }
}
