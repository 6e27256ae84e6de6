using System.Diagnostics;
using System.Text.Json;

namespace BenchClient.Storming;

/// <summary>
/// Starts sessions, says how they are once all are open, and again for each line that is read. When the storm is over is for the reader to tell, who sees all
/// processes: one whose sessions are all open may lose some yet.
/// </summary>
internal static class StormReport
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    public static async Task RunAsync(IStorm storm, Target target, int sessions, CancellationToken cancellationToken)
    {
        var count = new SessionCount();
        var empty = Environment.WorkingSet;
        await using (storm)
        {
            await storm.StartAsync(target, sessions, count, cancellationToken);
            await OpenAsync();
            var each = (Environment.WorkingSet - empty) / (double)sessions;
            do
            {
                Tell(count, each);
            }
            while (await Console.In.ReadLineAsync(cancellationToken) is not null);
        }

        async Task OpenAsync()
        {
            using var timer = new PeriodicTimer(Tick, TimeProvider.System);
            var began = Stopwatch.GetTimestamp();
            while (count.Open < sessions && await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (Stopwatch.GetElapsedTime(began) > LongestWait)
                {
                    throw new TimeoutException($"{count.Open} of {sessions} sessions are open, {count.Take().Lost} were lost.");
                }
            }
        }
    }

    private static void Tell(SessionCount count, double bytesEach)
    {
        var (open, lost, changedAt, firstLostAt) = count.Take();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(
            new StormState(open, lost, changedAt, firstLostAt, bytesEach, process.PeakWorkingSet64), BenchJson.Default.StormState));
    }
}
