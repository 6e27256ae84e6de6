using System.Globalization;
using System.Text.Json.Serialization;

namespace ClusterTest.Events;

/// <summary>Percentiles of a latency, in milliseconds.</summary>
public sealed record LatencySummary(
    double P50,
    double P90,
    double P99,
    [property: JsonPropertyName("p99_9")] double P999,
    double Max)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"p50 {P50:0.0}, p90 {P90:0.0}, p99 {P99:0.0}, p99.9 {P999:0.0}, max {Max:0.0} ms");
}
