namespace ClusterTest.Verdicts;

/// <summary>Something that went wrong in a run.</summary>
/// <param name="Kind">One of <see cref="ClusterTest.Events.ProblemKind"/>.</param>
/// <param name="Detail">What, in a sentence.</param>
public sealed record Problem(string Kind, string Detail);
