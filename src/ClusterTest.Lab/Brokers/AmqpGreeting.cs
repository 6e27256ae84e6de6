namespace ClusterTest.Lab.Brokers;

/// <summary>The result of <see cref="AmqpProbe"/>: how a node answered the AMQP handshake.</summary>
/// <param name="Connected">Whether the TCP connection was accepted. The kernel accepts connections for a frozen process, too.</param>
/// <param name="Answered">Whether the node answered the AMQP handshake.</param>
/// <param name="Version">The version of RabbitMQ in the answer.</param>
/// <param name="ClusterName">The name of the cluster in the answer. If no name has been set, it is the name of the first node.</param>
public sealed record AmqpGreeting(bool Connected, bool Answered, string? Version, string? ClusterName = null);
