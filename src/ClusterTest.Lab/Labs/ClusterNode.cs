namespace ClusterTest.Lab.Labs;

/// <summary>A node of a cluster.</summary>
/// <param name="Name">Its short name, such as <c>rabbit1</c>.</param>
public sealed record ClusterNode(string Name);
