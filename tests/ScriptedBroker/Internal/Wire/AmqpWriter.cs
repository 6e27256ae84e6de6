using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ScriptedAmqp.Internal.Wire;

/// <summary>Writes AMQP 0-9-1 arguments one after the other.</summary>
internal sealed class AmqpWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlyMemory<byte> Written => _buffer.WrittenMemory;

    public AmqpWriter Octet(byte value) => Raw([value]);

    public AmqpWriter Short(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Claim(2), value);
        return this;
    }

    public AmqpWriter Long(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(Claim(4), value);
        return this;
    }

    public AmqpWriter LongLong(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(Claim(8), value);
        return this;
    }

    public AmqpWriter ShortString(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        return Octet(checked((byte)bytes.Length)).Raw(bytes);
    }

    public AmqpWriter LongString(string value) => LongString(Encoding.UTF8.GetBytes(value));

    /// <summary>Up to eight bits, packed into one octet, the first lowest.</summary>
    public AmqpWriter Bits(params ReadOnlySpan<bool> bits)
    {
        var octet = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            octet |= bits[i] ? 1 << i : 0;
        }

        return Octet((byte)octet);
    }

    public AmqpWriter Table(IReadOnlyDictionary<string, object?> table)
    {
        var entries = new AmqpWriter();
        foreach (var (key, value) in table)
        {
            entries.ShortString(key).FieldValue(value);
        }

        return LongString(entries.Written.Span);
    }

    public AmqpWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    private AmqpWriter Array(IEnumerable<object?> items)
    {
        var array = new AmqpWriter();
        foreach (var item in items)
        {
            array.FieldValue(item);
        }

        return LongString(array.Written.Span);
    }

    private AmqpWriter FieldValue(object? value) => value switch
    {
        null => Type('V'),
        bool v => Type('t').Bits(v),
        sbyte v => Type('b').Octet((byte)v),
        byte v => Type('B').Octet(v),
        short v => Type('s').Short((ushort)v),
        ushort v => Type('u').Short(v),
        int v => Type('I').Long((uint)v),
        uint v => Type('i').Long(v),
        long v => Type('l').LongLong((ulong)v),
        float v => Type('f').Long(BitConverter.SingleToUInt32Bits(v)),
        double v => Type('d').LongLong(BitConverter.DoubleToUInt64Bits(v)),
        decimal v => Type('D').Decimal(v),
        string v => Type('S').LongString(v),
        byte[] v => Type('x').LongString(v),
        DateTimeOffset v => Type('T').LongLong((ulong)v.ToUnixTimeSeconds()),
        IReadOnlyDictionary<string, object?> v => Type('F').Table(v),
        IEnumerable<object?> v => Type('A').Array(v),
        _ => throw new ArgumentException($"AMQP has no field type for {value.GetType()}.", nameof(value)),
    };

    // Scale, sign bit and 31 bits of magnitude, as RabbitMQ.Client has it: what came in as a header fits.
    private AmqpWriter Decimal(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        return Octet(value.Scale).Long((uint)(bits[0] & int.MaxValue) | (decimal.IsNegative(value) ? 0x8000_0000 : 0));
    }

    private AmqpWriter Type(char type) => Octet((byte)type);

    private AmqpWriter LongString(ReadOnlySpan<byte> bytes) => Long((uint)bytes.Length).Raw(bytes);

    private Span<byte> Claim(int count)
    {
        var span = _buffer.GetSpan(count)[..count];
        _buffer.Advance(count);
        return span;
    }
}
