using System.Text.Json;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

public sealed class ReportFilesTests : IDisposable
{
    private const int Kilobyte = 1024;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("report-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Both_files_are_written_into_a_folder_that_is_made_for_them()
    {
        var files = ReportFiles.Write(SampleReports.Passed(), Path.Combine(_folder.FullName, "new", "drill"));

        Assert.StartsWith("{", File.ReadAllText(files.Json), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(files.Html), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ReportPageTests.Samples), MemberType = typeof(ReportPageTests))]
    public void A_written_report_reads_back_as_it_was(string sample)
    {
        var report = ReportPageTests.Sample(sample);

        Assert.Equivalent(report, ReportJson.Read(ReportJson.Write(report)), strict: true);
    }

    [Fact]
    public void Names_times_and_durations_are_those_of_the_event_lines()
    {
        using var document = JsonDocument.Parse(ReportJson.Write(SampleReports.Passed()));
        var root = document.RootElement;
        var judgement = root.GetProperty("variants")[0].GetProperty("judgement");
        var fault = judgement.GetProperty("verdict").GetProperty("faults")[0];

        Assert.Equal("passed", root.GetProperty("outcome").GetString());
        Assert.Equal("2026-11-22T19:25:02.000000Z", root.GetProperty("started").GetString());
        Assert.Equal(5000, root.GetProperty("settings").GetProperty("max_outage_ms").GetDouble());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("settings").GetProperty("time_ms").ValueKind);
        Assert.Equal(100, judgement.GetProperty("timeline").GetProperty("step_ms").GetDouble());
        Assert.Equal(19, judgement.GetProperty("verdict").GetProperty("duplicated_redelivered").GetInt64());
        Assert.Equal(15.9, fault.GetProperty("consumer").GetProperty("detect_ms").GetDouble(), tolerance: 0.5);
        Assert.Equal(31, judgement.GetProperty("verdict").GetProperty("confirm_latency").GetProperty("p99_9").GetDouble());
    }

    [Fact]
    public void A_time_in_another_zone_is_written_in_UTC()
    {
        var report = SampleReports.Passed();

        Assert.Contains(
            "\"2026-11-22T19:25:02.000000Z\"",
            ReportJson.Write(report with { Started = report.Started.ToOffset(TimeSpan.FromHours(2)) }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_report_is_refused()
    {
        Assert.Throws<JsonException>(() => ReportJson.Read("null"));
        Assert.Throws<JsonException>(() => ReportJson.Read("{}"));
        var passed = ReportJson.Write(SampleReports.Passed());
        Assert.Throws<JsonException>(() => ReportJson.Read(passed.Replace("\"passed\"", "\"splendid\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_drill_is_a_small_page_and_a_day_of_soaking_not_a_large_one()
    {
        Assert.InRange(new FileInfo(ReportFiles.Write(SampleReports.Passed(), _folder.FullName).Html).Length, 1, 500 * Kilobyte);
        Assert.InRange(new FileInfo(ReportFiles.Write(SampleReports.Soak(), _folder.FullName).Html).Length, 1, Kilobyte * Kilobyte);
    }
}
