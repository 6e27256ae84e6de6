namespace ClusterTest.Verdicts;

/// <summary>A message: its number in a producer's run.</summary>
public readonly record struct MessageKey(string Run, long Sequence);
