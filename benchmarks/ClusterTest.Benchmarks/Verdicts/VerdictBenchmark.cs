using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace ClusterTest.Benchmarks.Verdicts;

/// <summary>What <c>verdict</c> costs as messages grow: the whole program, in a process of its own, on evidence of ever more messages.</summary>
internal sealed class VerdictBenchmark(IReadOnlyList<long> sizes, string folder, bool compressed)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "cluster-test-lab.dll");

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var table = new Table().AddColumns("messages", "bytes/message", "s", "processor s", "µs/message", "peak MiB");
        foreach (var size in sizes)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{size:#,0} messages"));
            var files = MadeEvidence.Write(folder, size, compressed);
            var bytes = files.Sum(static file => new FileInfo(file).Length);
            var (time, processor, peak) = await JudgeAsync(files, cancellationToken);
            _ = table.AddRow(
                size.ToString("#,0", CultureInfo.InvariantCulture),
                (bytes / (double)size).ToString("0.0", CultureInfo.InvariantCulture),
                time.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),
                processor.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),
                (processor.TotalMicroseconds / size).ToString("0.00", CultureInfo.InvariantCulture),
                (peak / 1024d).ToString("0", CultureInfo.InvariantCulture));
        }

        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<(TimeSpan Time, TimeSpan Processor, long PeakKib)> JudgeAsync(IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var judge = Process.Start(new ProcessStartInfo("dotnet", [Program, "verdict", .. files, "--output", "json"])
        {
            RedirectStandardOutput = true,
        })!;
        var said = judge.StandardOutput.ReadToEndAsync(cancellationToken);
        var (processor, peak) = (TimeSpan.Zero, 0L);
        while (!said.IsCompleted)
        {
            peak = Math.Max(peak, PeakOf(judge.Id));
            processor = ProcessorTimeOf(judge) ?? processor;
            await Task.WhenAny(said, Task.Delay(PollInterval, TimeProvider.System, cancellationToken));
        }

        await judge.WaitForExitAsync(cancellationToken);
        var time = Stopwatch.GetElapsedTime(started);
        return judge.ExitCode is 0 or 3
            ? (time, processor, peak)
            : throw new InvalidOperationException($"The verdict ended with {judge.ExitCode}: {await said}");
    }

    // None once the program has ended.
    private static TimeSpan? ProcessorTimeOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // The most that was resident at any time so far, in KiB. A program that has ended has no such line.
    private static long PeakOf(int process)
    {
        try
        {
            return File.ReadLines($"/proc/{process}/status")
                .Where(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Select(static line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture))
                .FirstOrDefault();
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
