using System.Diagnostics;

namespace BenchClient;

/// <summary>Lets a worker warm up, and measures what it does in the time after that.</summary>
internal static class Meter
{
    public static async Task<Figures> MeasureAsync(IWorker worker, Target target, TimeSpan warmUp, TimeSpan time)
    {
        using var over = new CancellationTokenSource();
        var working = Task.Run(() => worker.RunAsync(target, over.Token));
        await WaitAsync(working, warmUp);
        var before = Snapshot.Take(worker);
        await WaitAsync(working, time);
        var after = Snapshot.Take(worker);
        await over.CancelAsync();
        await working.WaitAsync(TimeSpan.FromSeconds(30));
        using var process = Process.GetCurrentProcess();
        return new Figures(
            after.Done - before.Done,
            Stopwatch.GetElapsedTime(before.At, after.At).TotalSeconds,
            (after.Cpu - before.Cpu).TotalSeconds,
            after.Allocated - before.Allocated,
            after.Gen2 - before.Gen2,
            process.PeakWorkingSet64,
            worker.Done);
    }

    // A worker that fails fails the measurement at once.
    private static async Task WaitAsync(Task working, TimeSpan time)
    {
        if (await Task.WhenAny(working, Task.Delay(time, TimeProvider.System)) == working)
        {
            await working;
            throw new InvalidOperationException("The worker ended before its time.");
        }
    }

    private readonly record struct Snapshot(long At, long Done, TimeSpan Cpu, long Allocated, int Gen2)
    {
        public static Snapshot Take(IWorker worker) => new(
            Stopwatch.GetTimestamp(), worker.Done, Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(), GC.CollectionCount(2));
    }
}
