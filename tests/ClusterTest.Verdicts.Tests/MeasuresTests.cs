using System.Text.Json.Nodes;
using ClusterTest.Events;
using ClusterTest.Lab;
using ClusterTest.Verdicts.Reports.Json;
using ClusterTest.Verdicts.Tests.Reports;
using Xunit;

namespace ClusterTest.Verdicts.Tests;

/// <summary>Every number has one name and one definition, wherever it is told.</summary>
public sealed class MeasuresTests
{
    private const string Begin = "<!-- measures: made by the tests of the verdict -->\n";
    private const string End = "<!-- end of measures -->\n";

    // What a verdict holds beside what it measured: limits and circumstances.
    private static readonly string[] NotMeasured = ["max_outage_ms", "confirmed_received", "producers", "consumers", "untried"];

    private static readonly string Page = Path.Combine(RepositoryRoot.Find(), "docs", "report.md");

    [Fact]
    public void Every_number_of_a_verdict_is_in_the_list()
    {
        var verdict = VerdictOf(SampleReports.Late());

        Assert.Equal(
            verdict
                .Where(static property => property.Value is JsonValue value && value.GetValueKind() is System.Text.Json.JsonValueKind.Number)
                .Select(static property => property.Key)
                .Except(NotMeasured)
                .Order(StringComparer.Ordinal),
            Measures.Main.Concat(Measures.Further).Select(static measure => measure.Property).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_value_of_each_is_that_of_its_property()
    {
        var report = SampleReports.Late();
        var verdict = VerdictOf(report);

        Assert.All(Measures.All, measure => Assert.Equal(measure.Of(report.Variants[0].Judgement.Verdict), ValueAt(verdict, measure.Property)));
    }

    [Fact]
    public void The_steps_of_a_failover_are_its_properties_and_their_total_is_the_sum_of_those_that_are_known()
    {
        var report = SampleReports.FailedOver();
        var faults = report.Variants[0].Judgement.Verdict.Faults;
        var written = VerdictOf(report)["faults"]!.AsArray();

        Assert.Equal(
            Measures.OfFailover.Select(static measure => measure.Property).Prepend("host"),
            written[0]!["failover"]!.AsObject().Select(static property => property.Key));
        Assert.All(
            Measures.OfFailover, measure => Assert.Equal(measure.Of(faults[0].Failover!), ValueAt(written[0]!["failover"]!.AsObject(), measure.Property)));
        Assert.Null(written[2]!["failover"]);
        Assert.Equal([15_014, 7_000], faults.Take(2).Select(static fault => Measures.TotalOfFailover.Of(fault.Failover!)));
        Assert.Null(Measures.TotalOfFailover.Of(new FailoverTimes("host2", null, null, null, null, null)));
    }

    [Fact]
    public void Each_has_a_name_of_its_own_and_a_meaning_that_fits_a_terminal()
    {
        Assert.Equal(Measures.All.Count, Measures.All.Select(static measure => measure.Name).Distinct().Count());
        Assert.All(Measures.Main.Concat(Measures.Further), static measure => Assert.InRange(measure.Meaning.Length, 10, 49));
    }

    [Fact]
    public void A_comparison_has_what_tells_topologies_apart()
    {
        string[] least = ["confirmed", "lost", "duplicated", "reordered", "outage", "stall", "delay"];

        Assert.Equal(least, Measures.Compared.Select(static measure => measure.Name).Where(least.Contains));
    }

    [Fact]
    public async Task The_page_on_reports_is_made_from_the_list()
    {
        var token = TestContext.Current.CancellationToken;
        var page = await File.ReadAllTextAsync(Page, token);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var made = $"{page[..from]}{Table()}{page[to..]}";
        if (made == page)
        {
            return;
        }

        var received = Path.Combine(Path.GetTempPath(), "report.md");
        await File.WriteAllTextAsync(received, made, token);
        Assert.Fail($"The numbers have changed. If that is meant: mv {received} {Page}");
    }

    private static string Table() => string.Concat(
        from row in Measures.All.Select(static measure => (measure.Property, measure.Definition))
            .Concat(Measures.AllOfFault.Select(static measure => ($"faults[].{measure.Property}", measure.Definition)))
            .Concat(Measures.OfRecovery.Select(static measure =>
                ($"faults[].consumer.{measure.Property}, faults[].producer.{measure.Property}", measure.Definition)))
            .Concat(Measures.OfFailover.Select(static measure => ($"faults[].failover.{measure.Property}", measure.Definition)))
            .Prepend(("---", "---")).Prepend(("number", "meaning"))
        select row.Item1 switch
        {
            "---" => "|---|---|\n",
            "number" => "| number | meaning |\n",
            var number => $"| `{number.Replace(", ", "`, `", StringComparison.Ordinal)}` | {row.Item2} |\n",
        });

    private static JsonObject VerdictOf(Verdicts.Reports.DrillReport report) =>
        JsonNode.Parse(ReportJson.Write(report.Variants[0].Judgement.Verdict))!.AsObject();

    private static double? ValueAt(JsonObject verdict, string property) =>
        property.Split('.').Aggregate((JsonNode?)verdict, static (node, name) => node?[name])?.GetValue<double>();
}
