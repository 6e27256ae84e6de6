using ClusterTest.Lab.Drills;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Tests.Reports;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class DrillFilesTests
{
    [Theory]
    [InlineData(Outcome.Passed, false, 0)]
    [InlineData(Outcome.Failed, false, 3)]
    [InlineData(Outcome.Invalid, false, 2)]
    [InlineData(Outcome.Invalid, true, 130)]
    [InlineData(Outcome.Incomplete, true, 130)]
    [InlineData(Outcome.Failed, true, 3)] // a loss counts even in a drill that was interrupted
    public void A_drill_ends_as_its_evidence_says_or_as_interrupted(Outcome outcome, bool isInterrupted, int exitCode) => Assert.Equal(
        exitCode,
        new DrillFiles(
            SampleReports.Passed() with { Outcome = outcome }, "folder", new ReportFiles("report.json", "report.html"), isInterrupted).ExitCode);

    [Fact]
    public void Two_drills_of_one_second_have_a_folder_each()
    {
        var directory = Directory.CreateTempSubdirectory("cluster-test-folders-");
        try
        {
            var started = SampleReports.Start;
            string[] names = [.. Enumerable.Range(0, 3).Select(_ => Path.GetFileName(DrillFolder.Make(directory.FullName, "soak", started)))];

            Assert.Equal(["2026-11-22T19-25-02Z-soak", "2026-11-22T19-25-02Z-soak-2", "2026-11-22T19-25-02Z-soak-3"], names);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
