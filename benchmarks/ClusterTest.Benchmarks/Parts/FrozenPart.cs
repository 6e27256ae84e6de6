using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BenchClient;
using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>
/// Two sessions of a producer at full rate, each on a null broker of its own, of which one is frozen, against one session alone: whether confirms go on at
/// its rate in every half second.
/// </summary>
internal sealed class FrozenPart(int rounds, double seconds, IReadOnlyList<double> freezes, string command)
{
    private const double Goal = 0.8;
    private const string Healthy = "127.0.0.1";
    private const string Frozen = "127.0.0.2";

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    // A null broker that nobody publishes to needs less, and one with a session needs many times as much.
    private static readonly TimeSpan LeastCpuTime = TimeSpan.FromMilliseconds(10);

    private readonly TimeSpan _time = TimeSpan.FromSeconds(seconds);

    /// <summary>The confirms a second in all windows that began before, during and after the freeze; those that it cut short are in the second.</summary>
    private sealed record Course(List<double> Before, List<double> During, List<double> After)
    {
        public List<double> All => [.. Before, .. During, .. After];

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Median.Of(All):0}/s, lowest {Least(Before):0} {Least(During):0} {Least(After):0}");

        private static double? Least(List<double> windows) => windows.Count == 0 ? null : windows.Min();
    }

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var healthy = await NullBrokerProcess.StartAsync("--address", Healthy);
        using var frozen = await NullBrokerProcess.StartAsync("--address", Frozen, "--port", Programs.Text(healthy.Port));
        var one = Contender("one session", Healthy);
        var two = Contender("two sessions", Healthy, Frozen);
        var broken = freezes.ToDictionary(
            length => Contender(string.Create(CultureInfo.InvariantCulture, $"two sessions, one frozen for {length} s"), Healthy, Frozen));
        IReadOnlyList<ContenderProgram> contenders = [one, two, .. broken.Keys];
        var samples = await Rounds.RunAsync(
            contenders,
            rounds,
            contender => MeasureAsync(
                contender, frozen, broken.TryGetValue(contender, out var length) ? TimeSpan.FromSeconds(length) : null, cancellationToken),
            static course => course.ToString());

        var page = new ResultPage("frozen", "A frozen peer under a producer at full rate, at two null brokers", command);
        page.Say(
            "Confirms a second in windows of half a second, as ratios to the median window of one session alone in the same round. A window begins "
            + "every 10 ms, so that none is left out; one that the freeze cut short belongs to the freeze, its first moments included. "
            + $"The goal is {Goal} in every window. 256 bytes, window 1,024 for all sessions together. A session at a frozen peer is given up after 10 s, and "
            + "goes on at the other.");
        page.Add($"{rounds} rounds: the lowest window of all, and medians", [.. Summary(contenders, samples, samples[one])]);
        page.Add("Round by round", [.. RoundByRound(contenders, samples, samples[one])]);
        await page.PublishAsync(cancellationToken);
        return 0;

        ContenderProgram Contender(string name, params IReadOnlyList<string> addresses) => new(
            name,
            [
                Programs.BenchClient, "frozen", "--port", Programs.Text(healthy.Port),
                .. addresses.SelectMany(static address => new[] { "--address", address }),
            ]);
    }

    private async Task<Course> MeasureAsync(ContenderProgram contender, NullBrokerProcess frozen, TimeSpan? length, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(contender.Command[0], contender.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            var cpuTime = frozen.CpuTime;
            await ReadAsync(process, cancellationToken); // ready
            await Task.Delay(WarmUp, TimeProvider.System, cancellationToken);
            var began = Stopwatch.GetTimestamp();
            await Task.Delay(_time, TimeProvider.System, cancellationToken);
            var (freezes, thaws) = (long.MaxValue, long.MaxValue);
            if (length is { } frozenFor)
            {
                if (frozen.CpuTime - cpuTime < LeastCpuTime)
                {
                    throw new InvalidOperationException("No session is at the broker that is to be frozen.");
                }

                freezes = Stopwatch.GetTimestamp();
                frozen.Freeze();
                await Task.Delay(frozenFor, TimeProvider.System, cancellationToken);
                thaws = Stopwatch.GetTimestamp();
                frozen.Thaw();
                await Task.Delay(_time, TimeProvider.System, cancellationToken);
            }

            await process.StandardInput.WriteLineAsync("over");
            var series = JsonSerializer.Deserialize(await ReadAsync(process, cancellationToken), BenchJson.Default.ConfirmSeries)!;
            await process.WaitForExitAsync(cancellationToken);
            var cut = freezes == long.MaxValue ? freezes : freezes - (long)(Window.TotalSeconds * Stopwatch.Frequency);
            return new Course(
                [.. series.Windows(began, cut, Window)], [.. series.Windows(cut, thaws, Window)], [.. series.Windows(thaws, long.MaxValue, Window)]);
        }
        finally
        {
            frozen.Thaw();
            process.Kill();
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Summary(
        IReadOnlyList<ContenderProgram> contenders, IReadOnlyDictionary<ContenderProgram, List<Course>> samples, List<Course> one)
    {
        yield return ["contender", "confirmed/s", "ratio", "lowest before", "during", "after", $"below {Goal}: of all", "before", "during", "after"];
        foreach (var contender in contenders)
        {
            var ratios = samples[contender].Zip(one, static (course, reference) => Ratios(course, Median.Of(reference.All))).ToList();
            var all = new Course(
                [.. ratios.SelectMany(static course => course.Before)],
                [.. ratios.SelectMany(static course => course.During)],
                [.. ratios.SelectMany(static course => course.After)]);
            yield return
            [
                contender.Name,
                Median.Of(samples[contender].Select(static course => Median.Of(course.All))).ToString("#,##0", CultureInfo.InvariantCulture),
                Text(Median.Of(ratios.Select(static course => Median.Of(course.All)))),
                Lowest(all.Before),
                Lowest(all.During),
                Lowest(all.After),
                Share(all.All),
                Share(all.Before),
                Share(all.During),
                Share(all.After),
            ];
        }
    }

    private static IEnumerable<IReadOnlyList<string>> RoundByRound(
        IReadOnlyList<ContenderProgram> contenders, IReadOnlyDictionary<ContenderProgram, List<Course>> samples, List<Course> one)
    {
        yield return ["contender", "round", "one session's confirmed/s", "median window", "lowest before", "during", "after"];
        foreach (var contender in contenders)
        {
            for (var round = 0; round < one.Count; round++)
            {
                var reference = Median.Of(one[round].All);
                var course = Ratios(samples[contender][round], reference);
                yield return
                [
                    contender.Name,
                    Programs.Text(round + 1),
                    reference.ToString("#,##0", CultureInfo.InvariantCulture),
                    Text(Median.Of(course.All)),
                    Lowest(course.Before),
                    Lowest(course.During),
                    Lowest(course.After),
                ];
            }
        }
    }

    private static Course Ratios(Course course, double reference)
    {
        return new Course(To(course.Before), To(course.During), To(course.After));

        List<double> To(List<double> windows) => [.. windows.Select(window => window / reference)];
    }

    private static string Lowest(List<double> ratios) => ratios.Count == 0 ? "–" : Text(ratios.Min());

    private static string Share(List<double> ratios) =>
        ratios.Count == 0 ? "–" : (ratios.Count(static ratio => ratio < Goal) * 100.0 / ratios.Count).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Text(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    private static async Task<string> ReadAsync(Process process, CancellationToken cancellationToken) =>
        await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The producer's process ended.");
}
