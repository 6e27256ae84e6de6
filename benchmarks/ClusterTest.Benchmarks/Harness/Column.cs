namespace ClusterTest.Benchmarks.Harness;

/// <summary>A figure of a sample, as a column of a table: its median, and if wanted the median of its ratios to the reference in the same round.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Value">The figure; null: the contender does not tell it.</param>
/// <param name="Format">How it is written.</param>
/// <param name="HasRatio">Whether a column with the ratio follows.</param>
internal sealed record Column<T>(string Title, Func<T, double?> Value, string Format, bool HasRatio = false);
