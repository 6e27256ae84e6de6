using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Engines;

/// <summary>A part of a lab, a node or the balancer, at one moment.</summary>
/// <param name="State">The part's state, as its engine sees it.</param>
/// <param name="Address">The part's own address; null if it cannot be reached now.</param>
internal sealed record LabPart(PartState State, AmqpAddress? Address);
