using RabbitMQ.Client;

namespace ClusterTest.Reconnect;

/// <summary>A message handed to a consumer's handler.</summary>
public sealed class Delivery
{
    private readonly IReadOnlyBasicProperties _properties;

    internal Delivery(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, string exchange, string routingKey, bool redelivered, int session, int generation)
    {
        _properties = properties;
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

    /// <summary>Gets the headers; strings arrive as UTF-8 byte arrays.</summary>
    /// <value><see langword="null"/> when the publisher set none.</value>
    public IDictionary<string, object?>? Headers => _properties.Headers;

    internal IReadOnlyBasicProperties Properties => _properties;
}
