using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

/// <summary><c>compare</c> as users run it, on real nodes.</summary>
[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class CompareCommandTests : IDisposable
{
    private readonly string _reports = Directory.CreateTempSubdirectory("cluster-test-compare-").FullName;

    [Fact]
    public async Task One_plan_runs_on_each_topology_in_turn_on_a_lab_that_is_not_up()
    {
        await using var lab = new TestLab();
        Assert.Equal(0, (await lab.RunAsync("up", "--topology", "standalone")).ExitCode);
        var refused = await CompareAsync(lab);
        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("is up as standalone. A comparison starts and ends each topology itself", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await lab.RunAsync("down")).ExitCode);

        var compared = await CompareAsync(lab);

        Assert.True(compared.ExitCode is 0, compared.Output + compared.Error);
        Assert.Matches(@"\n +outcome +passed +passed *\n", compared.Output);
        Assert.Matches(@"\n +lost +0 +0 *\n", compared.Output);
        Assert.Matches(@"\n +machines needed +5: 3 nodes, 2 balancers +no number is enough: there is one node *\n", compared.Output);
        Assert.EndsWith("report.html", compared.Output.TrimEnd(), StringComparison.Ordinal);
        var json = Assert.Single(Directory.GetFiles(_reports, "report.json", SearchOption.AllDirectories));
        var report = ReportJson.Read(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken));
        Assert.Equal(
            [("cluster", "cluster", 3), ("standalone", "standalone", 1)],
            report.Variants.Select(static variant => (variant.Name, variant.Environment!.Topology, variant.Environment.Brokers.Count)));
        Assert.Equal(("comparison", Outcome.Passed), (report.Kind, report.Outcome));

        // Nobody serves in the place of the only node.
        Assert.InRange(report.Variants[1].Judgement.Verdict.Outage!.Value, TimeSpan.FromSeconds(1), TimeSpan.MaxValue);
        Assert.Empty(lab.Cluster.FindProcesses());
        Assert.Equal(2, Directory.GetFiles(_reports, "events-*.jsonl.gz", SearchOption.AllDirectories).Length);
    }

    public void Dispose() => Directory.Delete(_reports, recursive: true);

    private Task<(int ExitCode, string Output, string Error)> CompareAsync(TestLab lab) =>
        lab.RunAsync("compare", "--on", "cluster,standalone", "--faults", "kill", "--hold", "1s", "--rate", "50", "--report", _reports);
}
