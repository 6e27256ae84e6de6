using System.Globalization;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>Reads from HAProxy how many connections its AMQP entrance was asked for in the last second: the attempts of all clients.</summary>
internal static class BalancerRate
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks until it is told to stop, and gives the most.</summary>
    public static async Task<int> FindPeakAsync(Uri statistics, CancellationToken stop)
    {
        using var direct = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(direct) { BaseAddress = statistics };
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        var peak = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                peak = Math.Max(peak, Parse(await client.GetStringAsync(new Uri(";csv", UriKind.Relative), stop)));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Over.
        }

        return peak;
    }

    // HAProxy 2.6, management.txt, 9.1: a line of names, which begins with "# ", and a line per proxy and server.
    private static int Parse(string csv)
    {
        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var rate = Array.IndexOf(lines[0].TrimStart('#', ' ').Split(','), "rate");
        var entrance = lines.Single(static line => line.StartsWith("amqp,FRONTEND,", StringComparison.Ordinal));
        return int.Parse(entrance.Split(',')[rate], CultureInfo.InvariantCulture);
    }
}
