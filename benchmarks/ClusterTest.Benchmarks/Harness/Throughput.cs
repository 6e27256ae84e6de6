using System.Globalization;
using System.Text.Json;
using BenchClient;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>One contender's figures in one round.</summary>
/// <param name="Figures">What it says of itself.</param>
/// <param name="BrokerCpu">What the null broker needed for it in all; null: there is a real one.</param>
internal sealed record Throughput(Figures Figures, TimeSpan? BrokerCpu)
{
    public double PerSecond => Figures.Messages / Figures.Seconds;

    public double? CpuMicroseconds => Each(Figures.CpuSeconds * 1e6);

    public double? AllocatedBytes => Figures.AllocatedBytes is { } bytes ? Each(bytes) : null;

    public double? BrokerMicroseconds => BrokerCpu?.TotalMicroseconds / Figures.AllMessages;

    public double? MegabytesPeak => Figures.PeakBytes / 1e6;

    public static async Task<Throughput> MeasureAsync(ContenderProgram contender, NullBrokerProcess? broker, CancellationToken cancellationToken)
    {
        var before = broker?.CpuTime;
        var output = await CommandRun.RunAsync(contender.Command, cancellationToken);
        var figures = JsonSerializer.Deserialize(output, BenchJson.Default.Figures)
            ?? throw new InvalidOperationException($"{contender.Name} told no figures.");
        return new Throughput(figures, broker?.CpuTime - before);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond:0}/s, {CpuMicroseconds:0.00} µs each");

    private double? Each(double total) => Figures.Messages > 0 ? total / Figures.Messages : null;
}
