using System.Collections.Concurrent;
using ClusterTest.Cli;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Tests.Labs;
using ClusterTest.Lab.Topologies;
using ClusterTest.Reconnect;
using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>What a run of a topology's plan says of itself, and how it finds the node of the Shovel.</summary>
public sealed class PlanRunTests
{
    private static readonly Variant Variant = new("", 1, QueueType.Quorum);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_plan_is_announced_by_its_name_and_ends_where_no_Shovel_is_found()
    {
        await using var at = new ForeignDrill();
        Assert.True(AmqpUri.TryParse(at.Uri, out var uri, out _));
        var (time, said) = (TimeProvider.System, new ConcurrentQueue<string>());
        var fault = new ScriptedTarget();
        var cluster = new ForeignCluster(uri, ["one", "two"], [fault], new CommandRecovery(Heal: "true"));
        var target = new ForeignTarget(cluster, TimeSpan.FromSeconds(9), new UnhealedFaults(Path.Combine(at.Folder, "unhealed.json"), time), time);
        var options = new DrillOptions
        {
            Kind = DrillKind.Drill,
            Faults = [fault.Name],
            PlanName = "example",
            Steps =
            [
                new PlanStep(TimeSpan.Zero, fault.Name, "one", TimeSpan.FromMilliseconds(10)),
                new PlanStep(TimeSpan.FromMilliseconds(10), fault.Name, Node: null, TimeSpan.Zero) { NodeOf = PlanStep.Shovel },
            ],
            FlowTimeout = TimeSpan.FromSeconds(1),
            Variants = [Variant],
            Seed = 1,
            ReportDirectory = at.Folder,
        };

        var report = (await new Drill(target, options, new DrillProgress(time, said.Enqueue), time).RunAsync(Token)).Report;

        Assert.Contains(said, static line => line.EndsWith("Running the plan example", StringComparison.Ordinal));
        Assert.DoesNotContain(said, static line => line.Contains("at random", StringComparison.Ordinal));
        Assert.Contains(report.Reasons, static reason => reason.Contains("The run's shovel is on no node", StringComparison.Ordinal));
        Assert.Equal(Outcome.Invalid, report.Outcome);
    }

    [Fact]
    public async Task The_node_of_the_runs_Shovel_is_found()
    {
        await using var lab = new ScriptedLab(new Shovel());
        var (names, target) = (new DrillNames(), new LabTarget(lab.Cluster, TimeProvider.System));
        Assert.Null(await target.FindShovelAsync(names, Token));

        await target.SetUpAsync(names, Variant, Token);

        Assert.Equal("a1", await target.FindShovelAsync(names, Token));
    }

    [Theory]
    [InlineData(DrillKind.Comparison, null, ShovelDefinition.OnConfirm, true)]
    [InlineData(DrillKind.Comparison, "backlog", ShovelDefinition.NoAck, false)]
    public async Task The_evidence_names_the_plan_and_the_ack_mode_but_no_time_that_is_not_used(string kind, string? plan, string ackMode, bool hasHold)
    {
        var folder = Directory.CreateTempSubdirectory("cluster-test-plan-").FullName;
        try
        {
            var options = new DrillOptions
            {
                Kind = kind,
                Faults = [],
                PlanName = plan,
                Variants = [Variant with { AckMode = ackMode }],
                Seed = 1,
                ReportDirectory = folder,
            };
            var progress = new DrillProgress(TimeProvider.System, static _ => { });
            var drill = new Drill(static (_, _, _) => throw new LabException("no lab"), options, progress, TimeProvider.System);

            var settings = (await drill.RunAsync(Token)).Report.Settings;

            Assert.Equal((plan, ackMode is ShovelDefinition.OnConfirm ? null : ackMode), (settings.PlanName, settings.AckMode));
            Assert.Equal(hasHold, settings.Hold is not null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
