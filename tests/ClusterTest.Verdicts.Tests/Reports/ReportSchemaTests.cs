using System.Text.Json;
using ClusterTest.Lab;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Json;
using Json.Schema;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

/// <summary>The schema of <c>report.json</c> that is published in docs.</summary>
public sealed class ReportSchemaTests
{
    private static readonly string Published = Path.Combine(RepositoryRoot.Find(), "docs", "report.schema.json");

    [Fact]
    public async Task Is_that_of_the_program()
    {
        var token = TestContext.Current.CancellationToken;
        var received = Path.Combine(Path.GetTempPath(), "report.schema.json");
        if (await File.ReadAllTextAsync(Published, token) == ReportSchema.Write())
        {
            return;
        }

        await File.WriteAllTextAsync(received, ReportSchema.Write(), token);
        Assert.Fail($"report.json has changed. If that is meant: mv {received} {Published}; "
            + "if a property changed or went, raise DrillReport.CurrentVersion; and tell of it in CHANGELOG.md.");
    }

    [Theory]
    [MemberData(nameof(ReportPageTests.Samples), MemberType = typeof(ReportPageTests))]
    public void Holds_for_every_report(string sample)
    {
        using var report = JsonDocument.Parse(ReportJson.Write(ReportPageTests.Sample(sample)));

        Assert.True(Evaluate(report.RootElement).IsValid);
        Assert.Equal(DrillReport.CurrentVersion, report.RootElement.GetProperty("schema_version").GetInt32());
    }

    [Theory]
    [InlineData("\"outcome\": \"passed\"", "\"outcome\": \"splendid\"")]
    [InlineData("\"rate\": 200", "\"rate\": \"200\"")]
    [InlineData("\"started\":", "\"begun\":")]
    [InlineData("\"max_outage_ms\": 5000", "\"max_outage_ms\": \"5s\"")]
    public void Refuses_what_is_no_report(string right, string wrong)
    {
        var text = ReportJson.Write(SampleReports.Passed());
        Assert.Contains(right, text, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(text.Replace(right, wrong, StringComparison.Ordinal));

        Assert.False(Evaluate(report.RootElement).IsValid);
    }

    private static EvaluationResults Evaluate(JsonElement report) =>
        JsonSchema.FromText(File.ReadAllText(Published), new BuildOptions { SchemaRegistry = new SchemaRegistry() }).Evaluate(report);
}
