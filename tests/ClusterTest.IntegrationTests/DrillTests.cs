using System.Text.Json.Nodes;
using ClusterTest.Lab.Files;
using ClusterTest.Testing;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;

namespace ClusterTest.IntegrationTests;

/// <summary>The lab's drill, as users run it, through the balancer.</summary>
public sealed class DrillTests(ClusterFixture fixture) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    private readonly string _reports = Directory.CreateTempSubdirectory("cluster-test-drill-").FullName;

    // A turn in containers takes twice as long; each fault has one there, for the broker's and the engine's sake.
    private string[] Nodes => fixture.Cluster.Engine is Engine.Compose ? ["rabbit2"] : ["rabbit1", "rabbit2", "rabbit3"];

    // Field lesson 5: behind HAProxy, clients did not come back after a node stop or a partial partition (rabbitmq-dotnet-client#1915, MassTransit#6102).
    [Theory]
    [InlineData("stop-app,kill", 1)]
    [InlineData("freeze,drain", 1)]
    [InlineData("kill", 2)]
    public async Task No_confirmed_message_is_lost_when_each_node_fails_in_turn(string faults, int sessions)
    {
        var verdict = await DrillAsync("--faults", faults, "--sessions", $"{sessions}", "--nodes", string.Join(',', Nodes));

        Assert.Equal(Nodes.Length * faults.Split(',').Length, verdict.Faults.Count);
        Assert.All(verdict.Faults.GroupBy(fault => fault.Fault), turns => Assert.Equal(Nodes, turns.Select(turn => turn.Node!).Order()));
        if (Nodes.Length == fixture.Cluster.Nodes.Count)
        {
            Assert.Contains(verdict.Faults, fault => fault.Consumer is { Ready: not null });
            Assert.Contains(verdict.Faults, fault => fault.Producer is { Ready: not null });
        }
    }

    [Fact]
    public async Task No_confirmed_message_is_lost_when_each_node_is_cut_off_in_turn_or_the_queue_deleted()
    {
        var verdict = await DrillAsync("--faults", "partition,delete-queue", "--nodes", string.Join(',', Nodes));

        Assert.Equal(Nodes, verdict.Faults.Where(fault => fault.Fault is "partition").Select(fault => fault.Node!).Order());
        Assert.Single(verdict.Faults, fault => fault.Fault is "delete-queue");
    }

    [Fact]
    public async Task The_evidence_of_a_drill_says_the_same_when_it_is_judged_again()
    {
        var drill = await RunAsync(
            "drill",
            "--faults", "restart,close-connections,balancer-restart,balancer-kill",
            "--nodes", "rabbit1",
            "--rate", "100",
            "--hold", "300ms",
            "--report", _reports);
        Assert.Equal(0, drill.ExitCode);

        var judged = await RunAsync("verdict", Find("events.jsonl.gz"), "--output", "json");

        Assert.Equal(0, judged.ExitCode);
        var report = JsonNode.Parse(await File.ReadAllTextAsync(Find("report.json"), TestContext.Current.CancellationToken))!;
        Assert.True(JsonNode.DeepEquals(report["variants"]![0]!["judgement"]!["verdict"], JsonNode.Parse(judged.Output)), judged.Output);
    }

    public void Dispose() => Directory.Delete(_reports, recursive: true);

    private async Task<Verdict> DrillAsync(params string[] arguments)
    {
        var drill = await RunAsync(["drill", "--rate", "100", "--hold", "300ms", "--report", _reports, .. arguments]);

        Assert.True(drill.ExitCode is 0, drill.Output);
        var report = ReportJson.Read(await File.ReadAllTextAsync(Find("report.json"), TestContext.Current.CancellationToken));
        var verdict = Assert.Single(report.Variants).Judgement.Verdict;
        Assert.Equal(Outcome.Passed, report.Outcome);
        Assert.Equal((0, 0, 0, 0), (verdict.Lost, verdict.Unknown, verdict.Returned, verdict.NotSent));
        Assert.InRange(verdict.Confirmed, 100, long.MaxValue);
        return verdict;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        await using var lab = ProgramUnderTest.Start("cluster-test-lab", ["--state-dir", fixture.StateDirectory, .. arguments]);
        var exitCode = await lab.ExitCodeAsync(Patience);
        return (exitCode, lab.StandardOutput.ToString());
    }

    private string Find(string file) => Assert.Single(Directory.GetFiles(_reports, file, SearchOption.AllDirectories));
}
