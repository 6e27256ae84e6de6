namespace ClusterTest.Reconnect;

/// <summary>
/// The objects that every session declares before it starts: a durable direct exchange, a durable queue and the binding between them. The queue's type is
/// their only argument, so that other programs can declare the same objects.
/// </summary>
public sealed record Topology
{
    /// <summary>Gets the exchange's name.</summary>
    /// <value>Not empty, at most 255 bytes of UTF-8.</value>
    public required string Exchange { get; init; }

    /// <summary>Gets the queue's name.</summary>
    /// <value>Not empty, at most 255 bytes of UTF-8.</value>
    public required string Queue { get; init; }

    /// <summary>Gets the routing key of the binding and of published messages.</summary>
    /// <value>At most 255 bytes of UTF-8.</value>
    public required string RoutingKey { get; init; }

    /// <summary>Gets the queue's type.</summary>
    /// <value>The default is <see cref="QueueType.Quorum"/>.</value>
    public QueueType QueueType { get; init; } = QueueType.Quorum;

    /// <summary>
    /// Gets a value indicating whether others declare the topology. Then a session declares and binds nothing, not even passively, so the objects may have
    /// any arguments. If an object is missing, the session waits for it. Others must declare the parked queue as well.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    /// <remarks>
    /// Set this for queues with arguments (a single active consumer, a limit), and for users who may only read or only write. A session does not ask for the
    /// queue then, so <see cref="ConsumerOptions.IdleCheckInterval"/> has no effect: if the queue is deleted and the broker does not cancel the consumer
    /// (RabbitMQ 3.10 to 3.13, rarely), the consumer receives nothing until its connection ends.
    /// </remarks>
    public bool Predeclared { get; init; }

    /// <summary>Uses one name for exchange, queue and routing key.</summary>
    /// <param name="name">The name, not empty.</param>
    /// <returns>A topology of that name with a quorum queue.</returns>
    public static Topology Named(string name) => new() { Exchange = name, Queue = name, RoutingKey = name };

    internal void Validate()
    {
        ThrowUnlessShortString(Exchange, nameof(Exchange));
        ThrowUnlessShortString(Queue, nameof(Queue));
        ThrowUnlessShortString(RoutingKey, nameof(RoutingKey), mayBeEmpty: true);
    }

    // AMQP 0-9-1, 4.2.5.3: a short string is at most 255 octets.
    internal static void ThrowUnlessShortString(string value, string name, bool mayBeEmpty = false)
    {
        if (!mayBeEmpty)
        {
            ArgumentException.ThrowIfNullOrEmpty(value, name);
        }

        if (System.Text.Encoding.UTF8.GetByteCount(value) > byte.MaxValue)
        {
            throw new ArgumentException("A name in AMQP is at most 255 bytes long.", name);
        }
    }
}
