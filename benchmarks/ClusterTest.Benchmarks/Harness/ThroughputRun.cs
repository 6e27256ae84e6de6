namespace ClusterTest.Benchmarks.Harness;

/// <summary>What every contender of a table is told.</summary>
internal sealed record ThroughputRun
{
    public string Host { get; init; } = "127.0.0.1";

    public required int Port { get; init; }

    public string Queue { get; init; } = "bench";

    public int Size { get; init; } = 256;

    public int Window { get; init; } = 1024;

    public int Prefetch { get; init; } = 400;

    /// <summary>Gets the seconds before the measured time. The runtime compiles for about 5 s, with two busy processors.</summary>
    public double WarmUp { get; init; } = 6;

    public double Seconds { get; init; } = 3;
}
