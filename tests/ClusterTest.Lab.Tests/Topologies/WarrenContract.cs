using System.Text.RegularExpressions;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

/// <summary>What a primary and a standby have to do, for every engine.</summary>
internal static class WarrenContract
{
    private const string Forwards = @"cluster_test +standby +primary +standby +running +0";
    private const string TurnedAround = @"cluster_test +primary +standby +primary +running +0";

    /// <summary>Starts the lab, breaks its primary under load, hands it over by hand, and takes the lab down.</summary>
    /// <param name="run">Runs the lab's program on the lab.</param>
    /// <param name="up">Further arguments of <c>up</c>.</param>
    internal static async Task CheckAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run, params string[] up)
    {
        await SucceedAsync(run, ["up", "--topology", "warren", .. up]);
        await WaitForStatusAsync(run, @"primary .* running +UP \(L7OK\)", @"standby .* running +UP \(L7OK\)", Forwards);

        await AssertLosesNothingAsync(run, "--faults", "kill", "--nodes", "primary", "--hold", "1s");
        await AssertLosesNothingAsync(run, "--plan", "upgrade");
        await WaitForStatusAsync(run, Forwards);

        await AssertCanBeHandedOverAsync(run);
        await AssertShovelIsSetAgainAsync(run);
        await SucceedAsync(run, "down");
    }

    /// <summary>Waits until <c>status</c> says all of this.</summary>
    internal static async Task WaitForStatusAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run, params string[] patterns)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TestLab.Patience);
        string said;
        do
        {
            said = (await run(["status"])).Output;
        }
        while (!patterns.All(pattern => Regex.IsMatch(said, pattern)) && !deadline.IsCancellationRequested);

        Assert.All(patterns, pattern => Assert.Matches(pattern, said));
    }

    private static async Task AssertCanBeHandedOverAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        var processes = await ProcessesAsync(run);
        Assert.Contains(
            "standby is the standby: there is no other node to hand it over to.",
            (await run(["fault", "hand-over", "standby"])).Error,
            StringComparison.Ordinal);
        await SucceedAsync(run, "heal");

        await SucceedAsync(run, "fault", "hand-over", "primary");
        await WaitForStatusAsync(run, "primary .* running +DRAIN", TurnedAround);
        await SucceedAsync(run, "heal");
        await WaitForStatusAsync(run, @"primary .* running +UP \(L7OK\)", Forwards);
        Assert.Equal(processes, await ProcessesAsync(run));

        // A balancer that starts anew gives the primary clients again, though its Shovel is still turned around.
        await SucceedAsync(run, "fault", "hand-over", "primary");
        await SucceedAsync(run, "fault", "balancer-restart");
        await WaitForStatusAsync(run, @"primary .* running +UP", TurnedAround);
        await SucceedAsync(run, "heal");
        await WaitForStatusAsync(run, @"primary .* running +UP \(L7OK\)", Forwards);
    }

    /// <summary>The process of each broker and when it began: healing must not end a broker that is whole.</summary>
    internal static async Task<string> ProcessesAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        const string Process = "{os:getpid(), erlang:system_info(creation), erlang:system_info(start_time)}.";
        return (await run(["ctl", "primary", "eval", Process])).Output + (await run(["ctl", "standby", "eval", Process])).Output;
    }

    // As a hand-over leaves it that was cut short.
    private static async Task AssertShovelIsSetAgainAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run)
    {
        await SucceedAsync(run, "ctl", "standby", "clear_parameter", "shovel", "cluster_test");
        await WaitForStatusAsync(run, @"cluster_test +standby +primary +- +missing +-", @"No Shovel carries\s+cluster_test\s+from\s+standby\s+to\s+primary");
        var healed = await run(["heal"]);
        Assert.Contains("the Shovel of cluster_test is gone: setting it again", healed.Output, StringComparison.Ordinal);
        await WaitForStatusAsync(run, Forwards);
    }

    private static async Task AssertLosesNothingAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run, params string[] drill)
    {
        var reports = Directory.CreateTempSubdirectory("cluster-test-warren-").FullName;
        try
        {
            var (exitCode, output, error) = await run(["drill", "--rate", "50", "--report", reports, .. drill]);
            Assert.True(exitCode is 0, output + error);
            Assert.Contains("Nothing was lost.", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(reports, recursive: true);
        }

        // The queue of the drill is gone on both nodes, with its Shovel: only the queue of the programs is left, and nothing is in it.
        foreach (var node in new[] { "primary", "standby" })
        {
            Assert.Equal("cluster_test\t0", (await run(["ctl", node, "list_queues", "--quiet", "--no-table-headers", "name", "messages"])).Output.Trim());
        }
    }

    /// <summary>Runs a command that has to succeed.</summary>
    internal static async Task SucceedAsync(Func<string[], Task<(int ExitCode, string Output, string Error)>> run, params string[] command)
    {
        var (exitCode, output, error) = await run(command);
        Assert.True(exitCode is 0, $"{string.Join(' ', command)}: {output}{error}");
    }
}
