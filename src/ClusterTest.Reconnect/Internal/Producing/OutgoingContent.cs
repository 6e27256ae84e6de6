using System.Buffers;
using System.Text;
using ClusterTest.Reconnect.Internal.Connections;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>
/// A message as it was at the call of the publish. Later changes by the caller do not affect it, nor do the headers that the client library writes.
/// </summary>
internal sealed class OutgoingContent
{
    /// <summary>
    /// The header for the message's publish sequence number on its channel. A <c>basic.return</c> has no sequence number, but it has this header. Our
    /// consumers remove the header.
    /// </summary>
    internal const string SequenceHeader = "x-cluster-publish-sequence";

    // The frame's type, channel and size; class, weight and body size; the frame's end (AMQP 0-9-1, 2.3.5 and 2.3.5.2).
    private const int FrameOverhead = 7 + 12 + 1;

    // If somebody listens to traces, the client library adds the context of its span (W3C traceparent and tracestate).
    private const int TraceRoom = 1024;

    private const int TableLength = 4;

    // The length of the name, the name, the type, and a 64-bit integer.
    private static readonly int SequenceBytes = 1 + SequenceHeader.Length + 1 + sizeof(long);

    // The properties' flags, and the mode of delivery (AMQP 0-9-1, 2.3.5.2).
    private const int FlagBytes = 2;
    private const int ModeBytes = 1;

    // Null: the message has an id and perhaps a content type.
    private readonly BasicProperties? _properties;

    /// <summary>Copies a message.</summary>
    /// <exception cref="ArgumentException">The message's properties cannot be written in AMQP 0-9-1.</exception>
    public OutgoingContent(OutgoingMessage message)
    {
        MessageId = message.MessageId;
        ContentType = message.ContentType;
        Body = message.Body;
        _properties = message.Ready ?? (message.Headers is null ? null : new BasicProperties
        {
            Persistent = true,
            MessageId = message.MessageId,
            ContentType = message.ContentType,
            Headers = HeaderTable.Copy(message.Headers),
        });
        var size = SequenceBytes + (_properties?.Headers is null ? TableLength : 0) + (_properties is null ? MeasurePlain() : Measure(_properties));
        FrameBytes = size + FrameOverhead + TraceRoom;
        Bytes = size + Body.Length;
    }

    public string MessageId { get; }

    public string? ContentType { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Gets the size of body and properties.</summary>
    public int Bytes { get; }

    /// <summary>Gets the size of the frame that the properties need. AMQP cannot split properties over several frames.</summary>
    private int FrameBytes { get; }

    /// <summary>Says why the message cannot be sent over a connection, or gives <see langword="null"/> if it can be sent.</summary>
    /// <param name="frameMax">The connection's largest frame in bytes; 0: no limit.</param>
    public string? FindObstacle(uint frameMax) => frameMax > 0 && FrameBytes > frameMax
        ? $"its headers take {FrameBytes - FrameOverhead - TraceRoom} bytes, "
            + $"and the largest frame that the broker takes (frame_max, {frameMax} bytes) holds {frameMax - FrameOverhead - TraceRoom}"
        : null;

    /// <summary>Makes the properties for one attempt. The client library may change them.</summary>
    /// <param name="sequence">The publish sequence number.</param>
    /// <param name="reusable">Makes the properties of a message without headers.</param>
    public BasicProperties For(ulong sequence, ReusableProperties reusable)
    {
        if (_properties is null)
        {
            return reusable.For(MessageId, ContentType, sequence);
        }

        var headers = _properties.Headers is { } own ? new Dictionary<string, object?>(own) : [];
        headers[SequenceHeader] = (long)sequence;
        return new BasicProperties(_properties) { Headers = headers };
    }

    private int MeasurePlain() => FlagBytes + ModeBytes + ShortString(MessageId) + (ContentType is null ? 0 : ShortString(ContentType));

    private static int ShortString(string text) => 1 + Encoding.UTF8.GetByteCount(text);

    private static int Measure(BasicProperties properties)
    {
        IAmqpWriteable writeable = properties;
        byte[]? buffer = null;
        try
        {
            var size = writeable.GetRequiredBufferSize();
            buffer = ArrayPool<byte>.Shared.Rent(size);
            return writeable.WriteTo(buffer);
        }
#pragma warning disable CA1031 // Any exception of the client library's encoder means that the headers cannot be written.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new ArgumentException($"The headers cannot be written in AMQP 0-9-1: {exception.Message}", exception);
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
