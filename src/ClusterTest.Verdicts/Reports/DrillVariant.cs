namespace ClusterTest.Verdicts.Reports;

/// <summary>One run of the plan.</summary>
/// <param name="Name">What it varies, such as <c>sessions=2</c>; empty if there is only one.</param>
/// <param name="Judgement">What its evidence says.</param>
public sealed record DrillVariant(string Name, Judgement Judgement);
