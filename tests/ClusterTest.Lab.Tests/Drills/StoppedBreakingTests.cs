using ClusterTest.Cli;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Reconnect;
using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>If messages do not flow after healing, a drill must do no further fault.</summary>
public sealed class StoppedBreakingTests
{
    // A rate that fills the producer's window within a second: then the consumer receives nothing more.
    private const double Rate = 2000;

    [Theory]
    [InlineData("drill")]
    [InlineData("soak")]
    public async Task Nothing_more_is_broken_when_messages_do_not_flow_again(string kind)
    {
        await using var at = new ForeignDrill();
        var broken = 0;
        var fault = new ScriptedTarget
        {
            Inject = _ =>
            {
                broken++;
                at.Broker.WithholdConfirms();
                return Task.CompletedTask;
            },
        };

        var token = TestContext.Current.CancellationToken;
        var report = (await DrillOn(at, fault, kind).RunAsync(token).WaitAsync(ForeignDrill.Patience, TimeProvider.System, token)).Report;

        Assert.InRange(broken, 1, kind is "drill" ? 1 : 3);
        Assert.Equal(Outcome.Failed, report.Outcome);
        Assert.Contains(report.Reasons, reason => reason.Contains("messages did not flow again", StringComparison.Ordinal));
        Assert.Equal(0, report.Variants[0].Judgement.Verdict.Lost);
    }

    private static Drill DrillOn(ForeignDrill at, ScriptedTarget fault, string kind)
    {
        Assert.True(AmqpUri.TryParse(at.Uri, out var uri, out _));
        var time = TimeProvider.System;
        var cluster = new ForeignCluster(uri, ["one", "two", "three"], [fault], new CommandRecovery(Heal: "true"));
        var options = new DrillOptions
        {
            Kind = kind,
            Faults = [fault.Name],
            Rounds = 10,
            Rate = Rate,
            Hold = TimeSpan.FromMilliseconds(100),
            FlowTimeout = TimeSpan.FromSeconds(2),
            Time = kind is "soak" ? TimeSpan.FromMinutes(10) : null,
            Variants = [new Variant("", 1, QueueType.Quorum)],
            Seed = 1,
            ReportDirectory = at.Folder,
        };
        var unhealed = new UnhealedFaults(Path.Combine(at.Folder, "unhealed.json"), time);
        return new Drill(new ForeignTarget(cluster, options.FaultTimeout, unhealed, time), options, new DrillProgress(time, static _ => { }), time);
    }
}
