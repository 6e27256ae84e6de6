namespace ClusterTest.Verdicts;

/// <summary>So many percent were at most so long.</summary>
public sealed record LatencyPoint(double Percentile, double Milliseconds);
