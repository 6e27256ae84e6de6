using ClusterTest.Lab;
using ClusterTest.Verdicts.Reports;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

public sealed class SampleFiles
{
    [Fact(Explicit = true)]
    public void Writes_every_sample_for_a_look_at_it()
    {
        var folder = Path.Combine(RepositoryRoot.Find(), "artifacts", "reports");
        foreach (var (name, report) in new[]
        {
            ("passed", SampleReports.Passed()),
            ("failed", SampleReports.Failed()),
            ("invalid", SampleReports.Invalid()),
            ("commands", SampleReports.Commands()),
            ("compared", SampleReports.Compared()),
            ("topologies", SampleReports.Topologies()),
            ("empty", SampleReports.Empty()),
            ("soak", SampleReports.Soak()),
            ("failed-over", SampleReports.FailedOver()),
            ("hostile", SampleReports.Of("\"><script>alert('it')</script>")),
        })
        {
            Assert.True(File.Exists(ReportFiles.Write(report, Path.Combine(folder, name)).Html));
        }
    }
}
