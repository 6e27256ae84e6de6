using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BenchClient;
using BenchClient.Storming;
using ClusterTest.Benchmarks.Harness;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>A process with some of a storm's sessions.</summary>
internal sealed class StormProcess : IDisposable
{
    private readonly Process _process;

    private StormProcess(Process process) => _process = process;

    /// <summary>Gets the process's share of the machine's memory: a page that several processes have is divided among them.</summary>
    /// <exception cref="InvalidOperationException">The kernel does not tell it.</exception>
    public long ShareOfMemory => ProcFile.ReadLines($"/proc/{_process.Id}/smaps_rollup")
        .Where(static line => line.StartsWith("Pss:", StringComparison.Ordinal))
        .Select(static line => long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024)
        .SingleOrDefault(-1) is >= 0 and var bytes ? bytes : throw new InvalidOperationException("No /proc/PID/smaps_rollup.");

    /// <summary>Starts the processes, and returns once all their sessions are open.</summary>
    /// <param name="contender">The command of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="atOnce">How many start at the same time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<IReadOnlyList<StormProcess>> StartAsync(ContenderProgram contender, int count, int atOnce, CancellationToken cancellationToken)
    {
        var processes = new StormProcess[count];
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, count),
                new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
                async (number, cancellation) =>
                {
                    processes[number] = new StormProcess(Process.Start(new ProcessStartInfo(contender.Command[0], contender.Command.Skip(1))
                    {
                        RedirectStandardInput = true,
                        RedirectStandardOutput = true,
                    })!);
                    await processes[number].ReadAsync(cancellation);
                });
            return processes;
        }
        catch
        {
            foreach (var process in processes.OfType<StormProcess>())
            {
                process.Dispose();
            }

            throw;
        }
    }

    /// <summary>Asks how the sessions are.</summary>
    public async Task<StormState> AskAsync(CancellationToken cancellationToken)
    {
        await _process.StandardInput.WriteLineAsync("how");
        return await ReadAsync(cancellationToken);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task<StormState> ReadAsync(CancellationToken cancellationToken) => JsonSerializer.Deserialize(
        await _process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("A process with sessions ended."),
        BenchJson.Default.StormState)!;
}
