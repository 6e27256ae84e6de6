namespace ClusterTest.Verdicts;

/// <summary>A percentile of latencies: so many percent of the latencies were at most so long.</summary>
public sealed record LatencyPoint(double Percentile, double Milliseconds);
