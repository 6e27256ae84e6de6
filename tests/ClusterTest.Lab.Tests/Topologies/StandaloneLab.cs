using ClusterTest.Lab.Tests.Drills;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

/// <summary>The test of a lab with one node, for every engine.</summary>
internal static class StandaloneLab
{
    /// <summary>Starts the lab, drills it, and takes it down.</summary>
    /// <param name="run">Runs the lab's program on the lab.</param>
    /// <param name="up">Further arguments of <c>up</c>.</param>
    internal static async Task CheckAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run, params string[] up)
    {
        var started = await run(["up", "--topology", "standalone", .. up]);
        Assert.True(started.ExitCode is 0, started.Error);

        var status = await run(["status"]);
        Assert.Matches(@"rabbit1 .* running +UP \(L7OK\)", status.Output);
        Assert.DoesNotContain("rabbit2", status.Output, StringComparison.Ordinal);
        Assert.Contains("Topology standalone: one node behind the load balancer.", status.Output, StringComparison.Ordinal);

        Assert.Contains(
            "There is no node rabbit2 in the topology standalone. It has rabbit1.",
            (await run(["fault", "kill", "rabbit2"])).Error,
            StringComparison.Ordinal);
        var elsewhere = await run(["drill", "--nodes", "rabbit2"]);
        Assert.Equal((2, ""), (elsewhere.ExitCode, elsewhere.Output));

        await AssertLosesNothingWhenAllOfItIsKilledAsync(run);

        var reports = Directory.CreateTempSubdirectory("cluster-test-standalone-").FullName;
        try
        {
            // No client is served until each fault is healed; then all durable messages are there again.
            var drill = await run(["drill", "--faults", "kill,freeze,drain", "--rate", "50", "--hold", "500ms", "--report", reports]);
            Assert.True(drill.ExitCode is 0, drill.Output + drill.Error);
            Assert.Contains("Nothing was lost.", drill.Output, StringComparison.Ordinal);
            await AssertNamesItselfAsync(reports, "events.jsonl.gz", "\"topology\":\"standalone\"");
            await AssertNamesItselfAsync(reports, "report.json", "\"topology\": \"standalone\"");
            await AssertNamesItselfAsync(reports, "report.html", "<dt>Topology</dt><dd>standalone</dd>");
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }

        Assert.Contains("The lab is up already.", (await run(["up"])).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await run(["down"])).ExitCode);
    }

    private static async Task AssertLosesNothingWhenAllOfItIsKilledAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        Assert.Equal(0, (await run(["ctl", "rabbit1", "add_user", "durable", "a-password"])).ExitCode);
        Assert.Equal(0, (await run(["fault", "kill", "rabbit1"])).ExitCode);
        Assert.Equal(0, (await run(["fault", "balancer-kill"])).ExitCode);

        foreach (var command in new[] { "up", "demo" })
        {
            var other = await run([command, "--topology", "cluster"]);
            Assert.Equal(2, other.ExitCode);
            Assert.Contains("up as standalone. End it with ./lab down", other.Error, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await run(["heal"])).ExitCode);
        Assert.Contains("durable", (await run(["ctl", "rabbit1", "list_users"])).Output, StringComparison.Ordinal);
    }

    private static async Task AssertNamesItselfAsync(string reports, string file, string expected)
    {
        var path = Assert.Single(Directory.EnumerateFiles(reports, file, SearchOption.AllDirectories));
        var text = path.EndsWith(".gz", StringComparison.Ordinal)
            ? EvidenceText.Of(path)
            : await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        Assert.Contains(expected, text, StringComparison.Ordinal);
    }
}
