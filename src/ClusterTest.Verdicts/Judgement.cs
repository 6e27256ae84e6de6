namespace ClusterTest.Verdicts;

/// <summary>What the evidence of one run says: the verdict, and the data of a report's charts.</summary>
/// <param name="Verdict">The numbers.</param>
/// <param name="Timeline">Confirms and deliveries over time.</param>
/// <param name="ConfirmLatencies">Times from when a message was due to its confirm, by percentile, with the omitted messages; empty if there are none.</param>
/// <param name="Delays">Times from when a message was due to its receipt, by percentile; empty if nothing was received or clocks cannot be compared.</param>
public sealed record Judgement(
    Verdict Verdict,
    Timeline Timeline,
    IReadOnlyList<LatencyPoint> ConfirmLatencies,
    IReadOnlyList<LatencyPoint> Delays);
