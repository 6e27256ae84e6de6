namespace ClusterTest.Lab.Topologies;

/// <summary>A RabbitMQ node of a topology.</summary>
/// <param name="Name">Its short name, such as <c>rabbit1</c>: what commands, plans and events call it.</param>
/// <param name="Group">The group that it belongs to. The brokers of a group form one RabbitMQ cluster; different groups share nothing.</param>
public sealed record Broker(string Name, string Group);
