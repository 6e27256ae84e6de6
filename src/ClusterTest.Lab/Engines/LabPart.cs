using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Engines;

/// <summary>A part of a lab, a node or the balancer, at one moment.</summary>
/// <param name="State">How it looks to what runs it.</param>
/// <param name="Address">Where it can be reached itself; null if nowhere, for now.</param>
internal sealed record LabPart(PartState State, AmqpAddress? Address);
