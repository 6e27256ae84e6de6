namespace ClusterTest.Verdicts;

/// <summary>What the evidence of one run says: the verdict, and what the charts of a report are drawn from.</summary>
/// <param name="Verdict">The numbers.</param>
/// <param name="Timeline">Confirms and deliveries over time.</param>
/// <param name="ConfirmLatencies">Time from the moment at which a message was due to its confirm, by percentile, with the omitted ones; empty if there are none.</param>
/// <param name="Delays">Time from that moment to receipt, by percentile; empty if nothing was received or the clocks cannot be compared.</param>
public sealed record Judgement(
    Verdict Verdict,
    Timeline Timeline,
    IReadOnlyList<LatencyPoint> ConfirmLatencies,
    IReadOnlyList<LatencyPoint> Delays);
