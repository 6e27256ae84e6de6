using System.Buffers;
using ClusterTest.Reconnect.Internal.Connections;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Producing;

/// <summary>A message as it was at the call: what its caller changes afterwards, and what the client library writes into headers, does not touch it.</summary>
internal sealed class OutgoingContent
{
    /// <summary>
    /// The header that tells which publish of its channel a message is. A <c>basic.return</c> names no sequence number; with this header it
    /// brings one. Our consumers do not see it.
    /// </summary>
    internal const string SequenceHeader = "x-cluster-publish-sequence";

    // Type, channel and size, class, weight and body size, and the end of the frame (AMQP 0-9-1, 2.3.5 and 2.3.5.2).
    private const int FrameOverhead = 7 + 12 + 1;

    // The client library adds the trace context of its own span (W3C traceparent and tracestate) when somebody listens.
    private const int TraceRoom = 1024;

    private const int TableLength = 4;

    // The length of the name, the name, the type, and a 64-bit integer.
    private static readonly int SequenceBytes = 1 + SequenceHeader.Length + 1 + sizeof(long);

    private readonly BasicProperties _properties;

    /// <summary>Takes a message in.</summary>
    /// <exception cref="ArgumentException">Its properties cannot be written in AMQP 0-9-1.</exception>
    public OutgoingContent(OutgoingMessage message)
    {
        MessageId = message.MessageId;
        Body = message.Body;
        _properties = message.Ready ?? new BasicProperties
        {
            Persistent = true,
            MessageId = message.MessageId,
            ContentType = message.ContentType,
            Headers = HeaderTable.Copy(message.Headers),
        };
        var size = Measure(_properties) + SequenceBytes + (_properties.Headers is null ? TableLength : 0);
        FrameBytes = size + FrameOverhead + TraceRoom;
        Bytes = size + Body.Length;
    }

    public string MessageId { get; }

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Gets the size of body and properties.</summary>
    public int Bytes { get; }

    /// <summary>Gets the size of the frame that the properties need; they cannot be split.</summary>
    private int FrameBytes { get; }

    /// <summary>Tells why the message cannot pass a connection, or gives <see langword="null"/> if it can.</summary>
    /// <param name="frameMax">The connection's largest frame in bytes; 0 is no limit.</param>
    public string? FindObstacle(uint frameMax) => frameMax > 0 && FrameBytes > frameMax
        ? $"its headers take {FrameBytes - FrameOverhead - TraceRoom} bytes, and the largest frame that the broker takes (frame_max, {frameMax} bytes) holds {frameMax - FrameOverhead - TraceRoom}"
        : null;

    /// <summary>Makes the properties of one attempt, which the client library may write into.</summary>
    public BasicProperties For(ulong sequence)
    {
        var headers = _properties.Headers is { } own ? new Dictionary<string, object?>(own) : [];
        headers[SequenceHeader] = (long)sequence;
        return new BasicProperties(_properties) { Headers = headers };
    }

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
#pragma warning disable CA1031 // Whatever the client library's encoder throws.
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
