using System.Diagnostics;

namespace BenchClient.Storming;

/// <summary>
/// Starts sessions, says <c>ready</c> when all are open, waits for a line that says that a node breaks now, and measures until all have been open again for
/// a while.
/// </summary>
internal static class StormMeter
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    public static async Task<StormFigures> MeasureAsync(IStorm storm, Target target, int sessions, CancellationToken cancellationToken)
    {
        var count = new SessionCount();
        var empty = Environment.WorkingSet;
        await using (storm)
        {
            await storm.StartAsync(target, sessions, count, cancellationToken);
            await UntilAsync(now => now.Open == sessions, cancellationToken);
            var each = (Environment.WorkingSet - empty) / (double)sessions;
            Console.WriteLine("ready");
            await Console.In.ReadLineAsync(cancellationToken);
            var told = Stopwatch.GetTimestamp();
            var before = count.Now.Lost;
            await UntilAsync(now => now.Lost > before, cancellationToken);
            await UntilAsync(now => now.Open == sessions && Stopwatch.GetElapsedTime(now.ChangedAt) > Calm, cancellationToken);
            var (_, lost, changedAt) = count.Now;
            using var process = Process.GetCurrentProcess();
            return new StormFigures(Stopwatch.GetElapsedTime(told, changedAt).TotalSeconds, lost - before, each, process.PeakWorkingSet64);
        }

        async Task UntilAsync(Func<(int Open, int Lost, long ChangedAt), bool> isOver, CancellationToken cancellation)
        {
            using var timer = new PeriodicTimer(Tick, TimeProvider.System);
            var began = Stopwatch.GetTimestamp();
            while (!isOver(count.Now) && await timer.WaitForNextTickAsync(cancellation))
            {
                if (Stopwatch.GetElapsedTime(began) > LongestWait)
                {
                    var (open, lost, _) = count.Now;
                    throw new TimeoutException($"{open} of {sessions} sessions are open, {lost} were lost.");
                }
            }
        }
    }
}
