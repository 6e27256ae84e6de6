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

    /// <summary>Gets the headers. They are copied when the message is published, with the tables, lists and byte arrays in them.</summary>
    /// <value>
    /// The default is <see langword="null"/>: none. Together with the other properties they must fit into one frame, whose size the broker
    /// names (<c>frame_max</c>, 128 KiB by default); 1 KiB of it is kept free for trace context.
    /// </value>
    public IDictionary<string, object?>? Headers { get; init; }

    /// <summary>Gets properties that nobody else holds, to be published as they are in place of those above.</summary>
    internal BasicProperties? Ready { get; init; }

    internal void Validate()
    {
        Topology.ThrowUnlessShortString(MessageId, nameof(MessageId), mayBeEmpty: true);
        Topology.ThrowUnlessShortString(ContentType ?? "", nameof(ContentType), mayBeEmpty: true);
    }
}
