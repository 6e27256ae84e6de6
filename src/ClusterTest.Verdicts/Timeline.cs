namespace ClusterTest.Verdicts;

/// <summary>Confirms and first deliveries, counted in steps of time from <paramref name="Start"/>.</summary>
public sealed record Timeline(DateTimeOffset Start, TimeSpan Step, IReadOnlyList<int> Confirmed, IReadOnlyList<int> Received);
