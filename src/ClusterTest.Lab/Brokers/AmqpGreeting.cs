namespace ClusterTest.Lab.Brokers;

/// <summary>What came of saying hello to a broker.</summary>
/// <param name="Connected">The TCP connection was accepted; by the kernel, which does so for a frozen process too.</param>
/// <param name="Answered">The broker answered the AMQP handshake.</param>
/// <param name="Version">The version in its answer.</param>
/// <param name="ClusterName">The name of the cluster in its answer: that of the first node, unless somebody gave it another.</param>
public sealed record AmqpGreeting(bool Connected, bool Answered, string? Version, string? ClusterName = null);
