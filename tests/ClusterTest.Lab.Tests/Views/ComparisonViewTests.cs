using ClusterTest.Lab.Views;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Tests.Reports;
using Spectre.Console;
using Xunit;

namespace ClusterTest.Lab.Tests.Views;

/// <summary>A comparison at terminals of different widths.</summary>
public sealed class ComparisonViewTests
{
    private static readonly string[] Names = ["cluster", "cluster-classic", "standalone", "warren", "shovel", "shared-storage"];

    private static IReadOnlyList<DrillVariant> Six =>
        [.. Names.Select(static (name, index) => SampleReports.Topologies().Variants[index % 3] with { Name = name })];

    [Theory]
    [InlineData(80, 3, false)]
    [InlineData(80, 6, false)]
    [InlineData(120, 6, false)]
    [InlineData(100, 3, true)]
    [InlineData(160, 3, true)]
    [InlineData(160, 6, true)]
    public void No_line_is_wider_than_the_terminal_and_no_name_or_number_is_broken(int width, int count, bool inColumns)
    {
        var lines = Lines(width, [.. Six.Take(count)]);
        var (label, cells) = inColumns
            ? ("freeze: outage", (string[])["338 ms", "4,054 ms", "-"])
            : ("freeze: outage, ms", ["338", "4,054", "-"]);

        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.Contains(lines, line => Words(line).SequenceEqual(
            Words(string.Join(' ', Enumerable.Range(0, count).Select(index => cells[index % 3]).Prepend(label)))));
        Assert.Contains(lines, line => Words(line).SequenceEqual(
            Names.Take(count).Select(static name => name.Split('-') is [var first, _] ? $"{first}-" : name)) == !inColumns);
        Assert.Contains(lines, line => Words(line).SequenceEqual(Names.Take(count)) == inColumns);
        Assert.Contains("standalone was not run: The topology warren has no", lines.Find(static line => line.Contains("not run:", StringComparison.Ordinal)));
    }

    [Fact]
    public void Words_stand_in_the_columns_of_the_numbers_where_there_is_room() => Assert.Contains(
        Lines(160, SampleReports.Topologies().Variants),
        static line => line.Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            is ["machines needed", "5: 3 nodes, 2 balancers", "no number: there is one node", "4: 2 nodes, 2 balancers"]);

    [Fact]
    public void Words_stand_below_the_numbers_where_there_is_none()
    {
        var lines = Lines(80, Six);

        Assert.Contains("  machines needed", lines);
        Assert.Contains(lines, static line => line.StartsWith("    cluster-classic  no number: there is one node", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("    shared-storage   4: 2 nodes, 2 balancers", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_comparisons_have_numbers_only()
    {
        var lines = Lines(80, SampleReports.Compared().Variants);

        Assert.Contains(lines, static line => Words(line) is ["sessions=1", "sessions=2"]);
        Assert.DoesNotContain(lines, static line => line.Contains("outcome", StringComparison.Ordinal));
        Assert.Contains(lines, static line => Words(line) is ["kill:", "median", "outage", "(longest)", "45", "ms", "(51", "ms)", _, "ms", _, "ms)"]);
    }

    private static List<string> Lines(int width, IReadOnlyList<DrillVariant> variants)
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = width;
        ComparisonView.Write(console, variants);
        return [.. written.ToString().Split('\n').Select(static line => line.TrimEnd())];
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
