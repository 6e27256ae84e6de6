using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>The columns of the tables of what a second and a message cost.</summary>
internal static class ThroughputColumns
{
    public static IReadOnlyList<Column<Throughput>> For(string what) =>
    [
        new($"{what}/s", static sample => sample.PerSecond, "#,##0", HasRatio: true),
        new("CPU µs each", static sample => sample.CpuMicroseconds, "0.00", HasRatio: true),
        new("bytes allocated each", static sample => sample.AllocatedBytes, "#,##0", HasRatio: true),
        new("gen-2 collections", static sample => sample.Figures.Gen2, "0.#"),
        new("peak MB", static sample => sample.MegabytesPeak, "0"),
        new("null broker's CPU µs each", static sample => sample.BrokerMicroseconds, "0.00"),
    ];
}
