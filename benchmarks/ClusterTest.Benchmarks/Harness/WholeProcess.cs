using System.Globalization;

namespace ClusterTest.Benchmarks.Harness;

/// <summary>What a whole process cost, from its start to its end.</summary>
/// <param name="Wall">The wall time.</param>
/// <param name="Cpu">The processor time.</param>
/// <param name="PeakBytes">The most memory that was resident.</param>
internal sealed record WholeProcess(TimeSpan Wall, TimeSpan Cpu, long PeakBytes)
{
    /// <summary>Runs a contender to its end.</summary>
    /// <param name="contender">Which.</param>
    /// <param name="runs">once, or twice for one that takes only milliseconds: see benchmarks/clients/timed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<WholeProcess> MeasureAsync(ContenderProgram contender, string runs, CancellationToken cancellationToken)
    {
        var told = (await CommandRun.RunAsync([Programs.Script("timed"), runs, .. contender.Command], cancellationToken))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(static number => double.Parse(number, CultureInfo.InvariantCulture))
            .ToList();
        return new WholeProcess(TimeSpan.FromMicroseconds(told[0]), TimeSpan.FromSeconds(told[1] + told[2]), (long)told[3] * 1024);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Wall.TotalMilliseconds:0.0} ms, CPU {Cpu.TotalMilliseconds:0} ms, peak {PeakBytes / 1e6:0.0} MB");
}
