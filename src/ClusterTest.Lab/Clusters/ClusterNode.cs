namespace ClusterTest.Lab.Clusters;

/// <summary>A node of a cluster.</summary>
/// <param name="Name">Its short name, such as <c>rabbit1</c>.</param>
/// <param name="Address">Its own AMQP listener, behind the balancer.</param>
public sealed record ClusterNode(string Name, AmqpAddress Address);
