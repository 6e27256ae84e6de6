namespace ClusterTest.Events;

/// <summary>Something that a comparison says of a topology, and that no run measures.</summary>
/// <param name="Name">What it is about, such as <c>machines needed</c>.</param>
/// <param name="Value">A short phrase.</param>
public sealed record TopologyProperty(string Name, string Value);
