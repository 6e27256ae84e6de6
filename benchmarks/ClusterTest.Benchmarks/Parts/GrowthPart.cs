using System.Globalization;
using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>What the two programs cost as messages grow: whether time is linear, and memory flat.</summary>
internal sealed class GrowthPart(int rounds, long most, string command)
{
    private const long Least = 10_000;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var broker = await NullBrokerProcess.StartAsync("--sealed");
        var page = new ResultPage("growth", "Time and memory of the two programs as messages grow, at the null broker", command);
        page.Say(
            "Medians of the rounds, of whole processes that write an event a message as JSON. A further message is one beyond those of the row above: its cost "
            + "leaves out that of the start. Time is linear if a further message takes as long in every row, and memory is flat if it takes no bytes.");
        foreach (var program in new[] { "cluster-test-producer", "cluster-test-consumer" })
        {
            var counts = new List<long>();
            for (var count = Least; count <= most; count *= 10)
            {
                counts.Add(count);
            }

            var contenders = counts.Select(count => new ContenderProgram(
                count.ToString("#,##0", CultureInfo.InvariantCulture),
                [Programs.Built(program), "127.0.0.1", Programs.Text(broker.Port), "--count", Programs.Text(count), "--output", "json"])).ToList();
            var samples = await Rounds.RunAsync(
                contenders, rounds, contender => WholeProcess.MeasureAsync(contender, "once", cancellationToken), static run => run.ToString());
            page.Add(program, [.. Rows(counts, [.. contenders.Select(contender => samples[contender])])]);
        }

        await page.PublishAsync(cancellationToken);
        return 0;
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(List<long> counts, List<List<WholeProcess>> samples)
    {
        yield return ["messages", "seconds", "CPU seconds", "µs for a further one", "against the row above", "peak MB", "bytes for a further one"];
        double? before = null;
        for (var row = 0; row < counts.Count; row++)
        {
            var seconds = Median.Of(samples[row].Select(static run => run.Wall.TotalSeconds));
            var cpu = Median.Of(samples[row].Select(static run => run.Cpu.TotalSeconds));
            var peak = Median.Of(samples[row].Select(static run => (double)run.PeakBytes));
            List<string> cells = [counts[row].ToString("#,##0", CultureInfo.InvariantCulture), Text(seconds, "0.00"), Text(cpu, "0.00")];
            if (row == 0)
            {
                yield return [.. cells, "–", "–", Text(peak / 1e6, "0.0"), "–"];
                continue;
            }

            double more = counts[row] - counts[row - 1];
            var each = (seconds - Median.Of(samples[row - 1].Select(static run => run.Wall.TotalSeconds))) / more * 1e6;
            var bytes = (peak - Median.Of(samples[row - 1].Select(static run => (double)run.PeakBytes))) / more;
            yield return [.. cells, Text(each, "0.0"), before is { } one ? Text(each / one, "0.00") : "–", Text(peak / 1e6, "0.0"), Text(bytes, "0.0")];
            before = each;
        }
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
