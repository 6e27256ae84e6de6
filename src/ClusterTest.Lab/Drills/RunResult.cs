namespace ClusterTest.Lab.Drills;

/// <summary>What is left of a run.</summary>
/// <param name="Variant">The variant; empty if there is only one.</param>
/// <param name="Evidence">Its event file.</param>
/// <param name="Invalid">Why it proves nothing, a sentence each; empty if it does.</param>
/// <param name="Failed">What went wrong that the evidence does not tell, a sentence each.</param>
internal sealed record RunResult(string Variant, string Evidence, IReadOnlyList<string> Invalid, IReadOnlyList<string> Failed);
