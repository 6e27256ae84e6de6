using ClusterTest.Verdicts.Reports;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

/// <summary>What two sites with a Shovel between them have to do, for every engine.</summary>
internal static class ShovelContract
{
    private const string Carries = "cluster_test +a1 +b1 +a[123] +running +0";

    /// <summary>Starts the lab, breaks the link and a node at each site under load, and takes the lab down.</summary>
    internal static async Task CheckAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        await WarrenContract.SucceedAsync(run, "up", "--topology", "shovel");
        await WarrenContract.WaitForStatusAsync(run, @"a3 .* running +UP \(L7OK\)", "b1 .* running +- ", Carries, "The link is whole");

        await AssertLinkCanBeBrokenAsync(run);

        await AssertLosesNothingAsync(run, ["cut-link", "half-open-link", "slow-link"], "--hold", "2s");
        await AssertLosesNothingAsync(run, ["kill", "kill"], "--nodes", "a1,b1", "--hold", "1s");

        // The control: a Shovel that does not wait for the other site loses what is on its way, and the verdict says so. At one moment there may be nothing on
        // its way: hence several.
        var control = await DrillAsync(
            run, 3, "--faults", "cut-link", "--rounds", "6", "--hold", "1s", "--rate", "1000", "--ack-mode", "no-ack");
        Assert.True(Assert.Single(control.Variants).Judgement.Verdict.Lost > 0);
        await WarrenContract.SucceedAsync(run, "down");
    }

    private static async Task AssertLinkCanBeBrokenAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        await WarrenContract.SucceedAsync(run, "fault", "cut-link");
        Assert.Contains("The link is cut off already.", (await run(["fault", "slow-link"])).Error, StringComparison.Ordinal);
        await WarrenContract.WaitForStatusAsync(
            run, "The link is cut", "cluster_test +a1 +b1 .*(starting|terminated)", "The Shovel does not reach b1: the link is cut.");
        await WarrenContract.SucceedAsync(run, "heal");
        await WarrenContract.WaitForStatusAsync(run, "The link is whole", Carries);
    }

    private static async Task AssertLosesNothingAsync(
        Func<string[], Task<(int ExitCode, string Output, string Error)>> run, string[] faults, params string[] drill)
    {
        var report = await DrillAsync(run, 0, ["--faults", string.Join(',', faults.Distinct()), .. drill]);
        var verdict = Assert.Single(report.Variants).Judgement.Verdict;
        Assert.Equal((0, 0), (verdict.Lost, verdict.LeftBehind));
        Assert.Equal(faults, verdict.Faults.Select(static fault => fault.Fault));
        await AssertOnlyTheProgramsQueueIsLeftAsync(run);
    }

    private static async Task<DrillReport> DrillAsync(
        Func<string[], Task<(int ExitCode, string Output, string Error)>> run, int expected, params string[] drill)
    {
        var reports = Directory.CreateTempSubdirectory("cluster-test-shovel-").FullName;
        try
        {
            var (exitCode, output, error) = await run(["drill", "--report", reports, .. drill]);
            Assert.True(exitCode == expected, output + error);
            return DrillReports.Of([Path.Combine(Assert.Single(Directory.GetDirectories(reports)), "events.jsonl.gz")]);
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }
    }

    private static async Task AssertOnlyTheProgramsQueueIsLeftAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        foreach (var node in new[] { "a2", "b1" })
        {
            Assert.Equal("cluster_test\t0", (await run(["ctl", node, "list_queues", "--quiet", "--no-table-headers", "name", "messages"])).Output.Trim());
        }
    }
}
