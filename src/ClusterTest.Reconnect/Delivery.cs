using System.Buffers;
using ClusterTest.Reconnect.Internal.Producing;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect;

/// <summary>A message that a consumer gives to its handler.</summary>
public sealed class Delivery
{
    internal const string DeliveryCountHeader = "x-delivery-count";

    // The runtime keeps arrays of this size until a full collection, which many of them cause.
    private const int LeastPooled = 64 * 1024;

    private readonly IReadOnlyBasicProperties _properties;
    private byte[]? _pooled;

    internal Delivery(
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        string exchange,
        string routingKey,
        bool redelivered,
        int session,
        int generation)
    {
        _properties = properties;
        properties.Headers?.Remove(OutgoingContent.SequenceHeader); // only the producer and its broker use this header
        Body = Copy(body);
        Exchange = exchange;
        RoutingKey = routingKey;
        Redelivered = redelivered;
        Session = session;
        Generation = generation;
    }

    /// <summary>Gets the body. The memory is reused after the handler has returned: copy what you need for longer.</summary>
    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Gets the exchange that the message was published to.</summary>
    public string Exchange { get; }

    /// <summary>Gets the routing key that the message was published with.</summary>
    public string RoutingKey { get; }

    /// <summary>Gets a value indicating whether the broker may have delivered the message before, to this or another consumer.</summary>
    public bool Redelivered { get; }

    /// <summary>
    /// Gets how often the message came back to its quorum queue unacknowledged. The queue compares this number with its delivery limit.
    /// </summary>
    /// <value>
    /// <see langword="null"/> at the first delivery, and from a classic queue. Up to RabbitMQ 4.2 the queue counts every time that the message came back;
    /// from 4.3 on it counts only the ends of a connection or channel, and not a message that a consumer put back.
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
    /// Gets the headers. Strings arrive as UTF-8 byte arrays. The headers are without <c>x-cluster-publish-sequence</c>, which
    /// <see cref="ClusterProducer"/> adds to tell returned messages apart.
    /// </summary>
    /// <value><see langword="null"/> when the publisher set none.</value>
    public IDictionary<string, object?>? Headers => _properties.Headers is { Count: > 0 } headers ? headers : null;

    /// <summary>
    /// Gets the token that asks the handler to finish soon: the consumer stops, and waits for the handler at most
    /// <see cref="ClusterOptions.DrainTimeout"/>. The handler's result still has its effect. If the handler throws
    /// <see cref="OperationCanceledException"/>, its message is not parked: the broker delivers the message again, to this or another consumer.
    /// </summary>
    /// <value>This token is also cancelled when the handler's own token is cancelled; then the handler's result has no effect any more.</value>
    public CancellationToken Stopping { get; internal init; }

    internal IReadOnlyBasicProperties Properties => _properties;

    /// <summary>Lets the memory of the body be used for other messages. Whoever may still read the body must not call this method.</summary>
    internal void ReleaseBody()
    {
        if (_pooled is { } pooled)
        {
            (_pooled, Body) = (null, default);
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    // The client library reuses its memory as soon as it has delivered the message.
    private ReadOnlyMemory<byte> Copy(ReadOnlyMemory<byte> body)
    {
        if (body.Length < LeastPooled)
        {
            return body.ToArray();
        }

        _pooled = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(_pooled);
        return _pooled.AsMemory(0, body.Length);
    }
}
