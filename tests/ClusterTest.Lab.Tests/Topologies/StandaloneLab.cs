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
        Assert.Contains("up as standalone. End it by ./lab down", (await run(["up", "--topology", "cluster"])).Error, StringComparison.Ordinal);

        var reports = Directory.CreateTempSubdirectory("cluster-test-standalone-").FullName;
        try
        {
            // No client is served until each fault is healed; then all durable messages are there again.
            var drill = await run(["drill", "--faults", "kill,freeze,drain", "--rate", "50", "--hold", "500ms", "--report", reports]);
            Assert.True(drill.ExitCode is 0, drill.Output + drill.Error);
            Assert.Contains("Nothing was lost.", drill.Output, StringComparison.Ordinal);
            var report = Assert.Single(Directory.EnumerateFiles(reports, "events.jsonl", SearchOption.AllDirectories));
            var text = await File.ReadAllTextAsync(report, TestContext.Current.CancellationToken);
            Assert.Contains("\"topology\":\"standalone\"", text, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }

        Assert.Contains("The lab is up already.", (await run(["up"])).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await run(["down"])).ExitCode);
    }
}
