using RabbitMQ.Client;

namespace ClusterTest.Reconnect;

/// <summary>A message to publish. It is always persistent and mandatory.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Gets the body. It must not change until the message is confirmed, since it may be published again.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Gets the id that the message keeps however often it is published.</summary>
    /// <value>The default is a new version 7 UUID.</value>
    public string MessageId { get; init; } = Guid.CreateVersion7().ToString();

    /// <summary>Gets the content type.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public string? ContentType { get; init; }

    /// <summary>Gets the headers.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public IDictionary<string, object?>? Headers { get; init; }

    /// <summary>Gets all properties, for a message that comes with more than the others here can say.</summary>
    internal BasicProperties? Properties { get; init; }

    // A message that cannot be encoded would cost the connection, for every message behind it, again and again until its deadline.
    internal void Validate()
    {
        Topology.ThrowUnlessShortString(MessageId, nameof(MessageId), mayBeEmpty: true);
        Topology.ThrowUnlessShortString(ContentType ?? "", nameof(ContentType), mayBeEmpty: true);
        if (Headers is null)
        {
            return;
        }

        try
        {
            var properties = new BasicProperties { Headers = Headers };
            ((IAmqpWriteable)properties).WriteTo(new byte[((IAmqpWriteable)properties).GetRequiredBufferSize()]);
        }
#pragma warning disable CA1031 // Whatever the client library's encoder throws.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new ArgumentException($"The headers cannot be written in AMQP 0-9-1: {exception.Message}", nameof(Headers), exception);
        }
    }
}
