using System.Globalization;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using ClusterTest.Testing;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>Drills as users run them, on a real cluster.</summary>
[RealBrokers, Collection(RunningLabDefinition.Name)]
public sealed class DrillCommandTests(RunningLab running) : IDisposable
{
    private readonly string _reports = Directory.CreateTempSubdirectory("cluster-test-drill-").FullName;

    private TestLab Lab => running.Lab;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Uri => string.Create(CultureInfo.InvariantCulture, $"amqp://localhost:{TestLab.PortBase}");

    [Fact]
    public async Task Variants_stand_side_by_side_and_too_long_an_outage_fails()
    {
        var drill = await RunAsync("drill", "--faults", "balancer-restart", "--compare", "sessions=1,2", "--max-outage", "1ms", "--hold", "300ms");

        Assert.Equal(3, drill.ExitCode);
        Assert.Matches(@"sessions=1 +sessions=2", drill.Output);
        Assert.Equal(["sessions=1", "sessions=2"], Report().Variants.Select(variant => variant.Name));
        Assert.Equal(Outcome.Failed, Report().Outcome);
        Assert.Contains("longer than the 1ms allowed", drill.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_of_the_users_own_is_broken_by_commands()
    {
        var log = Path.Combine(_reports, "commands");
        var drill = await RunAsync(
            "drill", "--uri", Uri, "--rounds", "2", "--hold", "300ms", "--nodes", "one,two",
            "--fault", $"note: echo break {{node}} >> {log}", "--heal", $"echo heal {{node}} >> {log}");

        Assert.Equal((0, ""), (drill.ExitCode, drill.Error));
        var commands = await File.ReadAllLinesAsync(log, Token);
        Assert.Equal(4, commands.Count(line => line is "break one" or "break two"));
        Assert.Equal(["heal one", "heal two"], commands.TakeLast(2));
        Assert.Equal(4, Report().Variants[0].Judgement.Verdict.Faults.Count);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_fault_that_does_not_take_effect_makes_the_drill_invalid()
    {
        var drill = await RunAsync("drill", "--uri", Uri, "--fault", "nothing: echo no such host >&2; exit 255");

        Assert.Equal(2, drill.ExitCode);
        Assert.Contains("INVALID", drill.Output, StringComparison.Ordinal);
        Assert.Contains("no such host", drill.Output, StringComparison.Ordinal);
        Assert.Equal(Outcome.Invalid, Report().Outcome);
    }

    [Fact]
    public async Task A_fault_that_takes_too_long_makes_the_drill_invalid()
    {
        var drill = await RunAsync("drill", "--uri", Uri, "--fault", "slow: sleep 60", "--fault-timeout", "500ms");

        Assert.Equal(2, drill.ExitCode);
        Assert.Contains("slow: it did not take effect within 500ms.", drill.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drill_whose_program_died_is_invalid()
    {
        await using var drill = Start("drill", "--faults", "close-connections", "--rounds", "100");
        await StepAsync(drill, "effective");

        PosixSignal.Send(ConsumerOf(drill), PosixSignal.Kill);

        Assert.Equal(2, await drill.ExitCodeAsync(TestLab.Patience));
        Assert.Contains("cluster-test-consumer ended by itself.", drill.StandardOutput.ToString(), StringComparison.Ordinal);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Whoever_breaks_things_by_hand_gets_the_verdict_at_ctrl_c()
    {
        await using var drill = Start("drill", "--uri", Uri);
        await drill.StandardOutput.WaitForLineAsync(line => line.Contains("Watching.", StringComparison.Ordinal), timeout: TestLab.Patience);
        await new BalancerRestart().InjectAsync(Lab.Cluster, LabCluster.BalancerRole, Token);
        await drill.StandardOutput.WaitForLineAsync(line => line.Contains("consumer  Recovered", StringComparison.Ordinal), timeout: TestLab.Patience);

        drill.Send(Signal.Interrupt);

        Assert.Equal(0, await drill.ExitCodeAsync(TestLab.Patience));
        Assert.Equal("watch", Report().Kind);
        Assert.Equal(Outcome.Passed, Report().Outcome);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task Lost_messages_fail_the_drill()
    {
        await using var drill = Start("drill", "--uri", Uri, "--rate", "500");
        await drill.StandardOutput.WaitForLineAsync(line => line.Contains("Watching.", StringComparison.Ordinal), timeout: TestLab.Patience);

        // While the consumer is frozen, the test empties the queue, except for the messages that the consumer has prefetched.
        var consumer = ConsumerOf(drill);
        PosixSignal.Send(consumer, PosixSignal.Stop);
        await Eventually.TrueAsync(async () => await ReadyMessagesAsync() > 100);
        var purged = await Lab.Cluster.CtlAsync("rabbit1", ["purge_queue", await QueueAsync()], Token);
        PosixSignal.Send(consumer, PosixSignal.Continue);
        Assert.Equal(0, purged.ExitCode);
        drill.Send(Signal.Interrupt);

        Assert.Equal(3, await drill.ExitCodeAsync(TestLab.Patience));
        Assert.Contains("FAILED", drill.StandardOutput.ToString(), StringComparison.Ordinal);
        Assert.InRange(Report().Variants[0].Judgement.Verdict.Lost, 100, long.MaxValue);
    }

    [Theory]
    [InlineData("balancer-restart", "Starting a consumer")]
    [InlineData("stop-app", "1/3 stop-app")]
    [InlineData("stop-app", ": healing")]
    [InlineData("balancer-restart", "Stopping the producer")]
    public async Task Ctrl_c_in_every_phase_heals_and_cleans_up(string fault, string phase)
    {
        await using var drill = Start("drill", "--faults", fault, "--seed", "1", "--hold", "300ms");
        await drill.StandardOutput.WaitForLineAsync(line => line.Contains(phase, StringComparison.Ordinal), timeout: TestLab.Patience);

        drill.Send(Signal.Interrupt);

        Assert.Equal(130, await drill.ExitCodeAsync(TestLab.Patience));
        Assert.True((await Lab.Cluster.GetStatusAsync(Token)).IsHealthy);
        await AssertNothingIsLeftAsync();
    }

    [Fact]
    public async Task A_soak_breaks_at_random_and_accounts()
    {
        var soak = await RunAsync("soak", "--time", "8s", "--seed", "4", "--faults", "kill,close-connections,balancer-restart", "--rate", "100");

        Assert.Equal((0, ""), (soak.ExitCode, soak.Error));
        var report = Report();
        Assert.Equal(("soak", Outcome.Passed), (report.Kind, report.Outcome));
        Assert.NotEmpty(report.Variants[0].Judgement.Verdict.Faults);
        await AssertNothingIsLeftAsync();
    }

    public void Dispose() => Directory.Delete(_reports, recursive: true);

    private ProgramUnderTest Start(params string[] arguments) => Lab.Start([.. arguments, "--report", _reports]);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => Lab.RunAsync([.. arguments, "--report", _reports]);

    private static Task<string> StepAsync(ProgramUnderTest drill, string step) =>
        drill.StandardOutput.WaitForLineAsync(line => line.EndsWith($": {step}", StringComparison.Ordinal), timeout: TestLab.Patience);

    private DrillReport Report() => ReportJson.Read(File.ReadAllText(Assert.Single(Directory.GetFiles(_reports, "report.json", SearchOption.AllDirectories))));

    private static int ConsumerOf(ProgramUnderTest drill) => Assert.Single(
        ProcFile.ProcessIds(),
        id => File.Exists($"/proc/{id}/status") && File.ReadAllText($"/proc/{id}/status") is var status
            && status.Contains("Name:\tcluster-test-co", StringComparison.Ordinal)
            && status.Contains($"PPid:\t{drill.ProcessId}\n", StringComparison.Ordinal));

    private async Task<string> QueueAsync() => (await QueuesAsync())[0].Split('\t')[0];

    private async Task<int> ReadyMessagesAsync() => int.Parse((await QueuesAsync())[0].Split('\t')[1], CultureInfo.InvariantCulture);

    private async Task<string[]> QueuesAsync() =>
        (await Lab.Cluster.CtlAsync("rabbit1", ["--silent", "list_queues", "--no-table-headers", "name", "messages_ready"], Token))
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task AssertNothingIsLeftAsync()
    {
        Assert.Empty(Lab.Programs());
        Assert.Empty(await QueuesAsync());
    }
}
