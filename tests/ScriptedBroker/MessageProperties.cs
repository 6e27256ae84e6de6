using ScriptedAmqp.Internal.Wire;

namespace ScriptedAmqp;

/// <summary>The properties of class <c>basic</c>. Null means absent.</summary>
public sealed record MessageProperties
{
    private const ushort BasicClass = 60;

    public string? ContentType { get; init; }

    public string? ContentEncoding { get; init; }

    public IReadOnlyDictionary<string, object?>? Headers { get; init; }

    /// <summary>2 is persistent.</summary>
    public byte? DeliveryMode { get; init; }

    public byte? Priority { get; init; }

    public string? CorrelationId { get; init; }

    public string? ReplyTo { get; init; }

    public string? Expiration { get; init; }

    public string? MessageId { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    public string? Type { get; init; }

    public string? UserId { get; init; }

    public string? AppId { get; init; }

    /// <summary>The same properties with one header set.</summary>
    public MessageProperties WithHeader(string name, object? value) =>
        this with { Headers = new Dictionary<string, object?>(Headers ?? new Dictionary<string, object?>()) { [name] = value } };

    /// <summary>Reads the payload of a content header frame.</summary>
    internal static MessageProperties FromHeader(ReadOnlyMemory<byte> payload, out ulong bodySize)
    {
        var r = new AmqpReader(payload);
        _ = r.Long(); // class and weight
        bodySize = r.LongLong();
        int flags = r.Short();

        // Properties follow in the order of their flags, from the highest bit down.
        bool Has(int bit) => (flags & (1 << bit)) != 0;
        return new()
        {
            ContentType = Has(15) ? r.ShortString() : null,
            ContentEncoding = Has(14) ? r.ShortString() : null,
            Headers = Has(13) ? r.Table() : null,
            DeliveryMode = Has(12) ? r.Octet() : null,
            Priority = Has(11) ? r.Octet() : null,
            CorrelationId = Has(10) ? r.ShortString() : null,
            ReplyTo = Has(9) ? r.ShortString() : null,
            Expiration = Has(8) ? r.ShortString() : null,
            MessageId = Has(7) ? r.ShortString() : null,
            Timestamp = Has(6) ? DateTimeOffset.FromUnixTimeSeconds((long)r.LongLong()) : null,
            Type = Has(5) ? r.ShortString() : null,
            UserId = Has(4) ? r.ShortString() : null,
            AppId = Has(3) ? r.ShortString() : null,
        };
    }

    /// <summary>Writes the payload of a content header frame.</summary>
    internal ReadOnlyMemory<byte> ToHeader(int bodySize)
    {
        var flags = 0;
        var values = new AmqpWriter();
        Add(15, ContentType, values.ShortString);
        Add(14, ContentEncoding, values.ShortString);
        Add(13, Headers, values.Table);
        AddOctet(12, DeliveryMode);
        AddOctet(11, Priority);
        Add(10, CorrelationId, values.ShortString);
        Add(9, ReplyTo, values.ShortString);
        Add(8, Expiration, values.ShortString);
        Add(7, MessageId, values.ShortString);
        if (Timestamp is { } timestamp)
        {
            flags |= 1 << 6;
            values.LongLong((ulong)timestamp.ToUnixTimeSeconds());
        }

        Add(5, Type, values.ShortString);
        Add(4, UserId, values.ShortString);
        Add(3, AppId, values.ShortString);
        return new AmqpWriter()
            .Short(BasicClass).Short(0).LongLong((ulong)bodySize).Short((ushort)flags).Raw(values.Written.Span).Written;

        void Add<T>(int bit, T? value, Func<T, AmqpWriter> write)
            where T : class
        {
            if (value is not null)
            {
                flags |= 1 << bit;
                write(value);
            }
        }

        void AddOctet(int bit, byte? value)
        {
            if (value is { } octet)
            {
                flags |= 1 << bit;
                values.Octet(octet);
            }
        }
    }
}
