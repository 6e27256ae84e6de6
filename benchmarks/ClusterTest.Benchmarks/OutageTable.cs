using System.Globalization;
using ClusterTest.Benchmarks.Contenders;
using Spectre.Console;
using Fault = ClusterTest.Lab.Faults.Fault;

namespace ClusterTest.Benchmarks;

/// <summary>Prints what was measured: medians, maxima, and how many times longer than the first contender's.</summary>
internal static class OutageTable
{
    public static void Print(
        IReadOnlyList<IContender> contenders, IReadOnlyList<Fault> faults, IReadOnlyDictionary<(Fault, IContender), List<TimeSpan>> outages, double rate)
    {
        foreach (var fault in faults)
        {
            var rounds = outages[(fault, contenders[0])].Count;
            var title = string.Create(CultureInfo.InvariantCulture, $"{fault.Name}: consumer outage in ms, {rounds} rounds, {rate:0} messages/s");
            var table = new Table { Title = new TableTitle(title) };
            table.AddColumn("consumer");
            foreach (var column in new[] { "median", "max", "median ratio" })
            {
                table.AddColumn(new TableColumn(column).RightAligned());
            }

            var baseline = Median(outages[(fault, contenders[0])]);
            foreach (var contender in contenders)
            {
                var measured = outages[(fault, contender)];
                table.AddRow(
                    Markup.Escape(contender.Name),
                    Milliseconds(Median(measured)),
                    Milliseconds(measured.Max()),
                    (Median(measured) / baseline).ToString("0.00", CultureInfo.InvariantCulture));
            }

            AnsiConsole.Write(table);
        }
    }

    private static TimeSpan Median(List<TimeSpan> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static string Milliseconds(TimeSpan value) => value.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
}
