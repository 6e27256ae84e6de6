namespace ClusterTest.Lab.Verdicts;

/// <summary>What the evidence of one run says: the verdict, and what the charts of a report are drawn from.</summary>
/// <param name="Verdict">The numbers.</param>
/// <param name="Timeline">Confirms and deliveries over time.</param>
/// <param name="ConfirmLatencies">Time from publish to confirm, by percentile; empty if nothing was confirmed.</param>
/// <param name="Delays">Time from publish to receipt, by percentile; empty if nothing was received or the clocks cannot be compared.</param>
public sealed record Judgement(
    Verdict Verdict,
    Timeline Timeline,
    IReadOnlyList<LatencyPoint> ConfirmLatencies,
    IReadOnlyList<LatencyPoint> Delays);

/// <summary>So many percent were at most so long.</summary>
public sealed record LatencyPoint(double Percentile, double Milliseconds);

/// <summary>Confirms and first deliveries, counted in steps of time from <paramref name="Start"/>.</summary>
public sealed record Timeline(DateTimeOffset Start, TimeSpan Step, IReadOnlyList<int> Confirmed, IReadOnlyList<int> Received);
