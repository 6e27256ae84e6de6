namespace ClusterTest.Lab.Brokers;

/// <summary>A client's connection to a node.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Name">The client's <c>connection_name</c>.</param>
public sealed record ClientConnection(string Node, string Name);
