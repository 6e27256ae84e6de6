using ClusterTest.Reconnect.Internal.Producing;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect;

/// <summary>A message handed to a consumer's handler.</summary>
public sealed class Delivery
{
    internal const string DeliveryCountHeader = "x-delivery-count";

    private readonly IReadOnlyBasicProperties _properties;

    internal Delivery(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, string exchange, string routingKey, bool redelivered, int session, int generation)
    {
        _properties = properties;
        properties.Headers?.Remove(OutgoingContent.SequenceHeader); // it was between a producer of ours and its broker
        Body = body;
        Exchange = exchange;
        RoutingKey = routingKey;
        Redelivered = redelivered;
        Session = session;
        Generation = generation;
    }

    /// <summary>Gets the body. The memory is reused once the handler has returned: copy what must outlive it.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Gets the exchange that the message was published to.</summary>
    public string Exchange { get; }

    /// <summary>Gets the routing key that the message was published with.</summary>
    public string RoutingKey { get; }

    /// <summary>Gets a value indicating whether the broker may have delivered the message before, here or elsewhere.</summary>
    public bool Redelivered { get; }

    /// <summary>
    /// Gets how often the message came back to its quorum queue unacknowledged: the number that the queue compares with its delivery limit.
    /// </summary>
    /// <value>
    /// <see langword="null"/> at the first delivery, and from a classic queue. Up to RabbitMQ 4.2 every return counts; from 4.3 on only those
    /// with which a connection or channel ended, and no longer what was put back.
    /// </value>
    public long? DeliveryCount => Redelivered && Headers is { } headers && headers.TryGetValue(DeliveryCountHeader, out var header)
        ? header switch { long count => count, int count => count, _ => null }
        : null;

    /// <summary>Gets the number of the session that received the message, from 0.</summary>
    public int Session { get; }

    /// <summary>Gets the session's generation, as in <see cref="SessionEvent.Generation"/>.</summary>
    public int Generation { get; }

    /// <summary>Gets the message id.</summary>
    /// <value><see langword="null"/> when the publisher set none.</value>
    public string? MessageId => _properties.MessageId;

    /// <summary>Gets the content type.</summary>
    /// <value><see langword="null"/> when the publisher set none.</value>
    public string? ContentType => _properties.ContentType;

    /// <summary>
    /// Gets the headers; strings arrive as UTF-8 byte arrays. The header <c>x-cluster-publish-sequence</c>, which <see cref="ClusterProducer"/>
    /// adds to tell returned messages apart, is taken out.
    /// </summary>
    /// <value><see langword="null"/> when the publisher set none.</value>
    public IDictionary<string, object?>? Headers => _properties.Headers is { Count: > 0 } headers ? headers : null;

    /// <summary>
    /// Gets the token that asks the handler to come to an end soon: the consumer is to stop, and waits for <see cref="ClusterOptions.DrainTimeout"/>. What the
    /// handler returns still counts. If it ends with <see cref="OperationCanceledException"/>, its message is not parked: it is delivered again, here
    /// or elsewhere.
    /// </summary>
    /// <value>It is cancelled also when the handler's own token is, which says that it is too late.</value>
    public CancellationToken Stopping { get; internal init; }

    internal IReadOnlyBasicProperties Properties => _properties;
}
