using ClusterTest.Reconnect.Internal.Producing;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect;

/// <summary>A message to publish. Messages are always persistent and mandatory.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Gets the body. The body must not change until the message is confirmed, since the producer may publish the message again.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Gets the message id. The id stays the same however often the message is published.</summary>
    /// <value>The default is a new version 7 UUID. The ids of one process follow each other and differ little: they are no secrets.</value>
    public string MessageId { get; init; } = MessageIds.Next();

    /// <summary>Gets the content type.</summary>
    /// <value>The default is <see langword="null"/>: no content type.</value>
    public string? ContentType { get; init; }

    /// <summary>Gets the headers. The producer copies them at the call, with the tables, lists and byte arrays in them.</summary>
    /// <value>
    /// The default is <see langword="null"/>: no headers. The headers and the other properties together must fit into one frame. The broker sets the size
    /// of a frame (<c>frame_max</c>, 128 KiB by default), of which 1 KiB is kept free for trace context.
    /// </value>
    public IDictionary<string, object?>? Headers { get; init; }

    /// <summary>Gets properties to publish unchanged in place of the properties above. Nobody else may hold a reference to this object.</summary>
    internal BasicProperties? Ready { get; init; }

    internal void Validate()
    {
        Topology.ThrowUnlessShortString(MessageId, nameof(MessageId), mayBeEmpty: true);
        Topology.ThrowUnlessShortString(ContentType ?? "", nameof(ContentType), mayBeEmpty: true);
    }
}
