namespace ClusterTest.Lab.Topologies;

/// <summary>A RabbitMQ node of a topology.</summary>
/// <param name="Name">The node's short name, such as <c>rabbit1</c>, in commands, plans and events.</param>
/// <param name="Group">
/// The group that the node belongs to. The nodes of a group form one RabbitMQ cluster, or are hosts of one broker; different groups share nothing.
/// </param>
public sealed record Broker(string Name, string Group);
