namespace ClusterTest.Verdicts.Reports;

/// <summary>One run of the plan.</summary>
/// <param name="Name">What the variant varies, such as <c>sessions=2</c>; empty if there is only one variant.</param>
/// <param name="Judgement">What the evidence of the variant says.</param>
public sealed record DrillVariant(string Name, Judgement Judgement);
