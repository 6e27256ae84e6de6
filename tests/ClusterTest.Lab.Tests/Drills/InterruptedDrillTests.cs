using ClusterTest.Testing;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>Interruptions at any moment of a drill: Ctrl-C, a hang-up, SIGTERM.</summary>
public sealed class InterruptedDrillTests
{
    private const int Interrupted = 130;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("takes", "long")]
    public async Task Nothing_is_called_lost_whenever_it_is_interrupted()
    {
        const int drills = 20;
#pragma warning disable CA5394 // With its seed, a failed test can be repeated.
        var random = new Random(11);
        List<(TimeSpan Moment, Signal Signal)> interruptions =
        [
            .. Enumerable.Range(0, drills)
                .Select(_ => (random.NextDouble() * TimeSpan.FromSeconds(2), random.Next(2) is 0 ? Signal.Interrupt : Signal.Terminate)),
        ];
#pragma warning restore CA5394

        // Several drills run at the same time, because they mostly wait.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token };
        await Parallel.ForEachAsync(interruptions, parallel, static async (interruption, token) =>
        {
            await using var at = new ForeignDrill();
            var drill = at.Start("--rate", "1000", "--fault", "blink: true", "--rounds", "1000", "--hold", "300ms", "--heal", "true");
            await ForeignDrill.SaysAsync(drill, "Breaking the cluster");
            await Task.Delay(interruption.Moment, TimeProvider.System, token);

            drill.Send(interruption.Signal);

            Assert.Equal(Interrupted, await drill.ExitCodeAsync(ForeignDrill.Patience));
            Assert.InRange(at.Verdict.Confirmed, 1, long.MaxValue);
            Assert.Equal((0, Outcome.Invalid), (at.Verdict.Lost, at.Verdict.Outcome));
            Assert.Equal(["It was interrupted."], at.Verdict.Reasons);
            var report = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(at.Evidence)!, "report.json"), token);
            Assert.Equal(Outcome.Invalid, ReportJson.Read(report).Outcome);
        });
    }

    [Fact]
    public async Task What_could_not_be_healed_is_told_and_reported()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--fault", $"break: echo broken >> {at.Log}", "--hold", "1h", "--heal", "echo no way; exit 7");
        await at.LoggedAsync("broken");

        drill.Send(Signal.Interrupt);

        Assert.Equal(Interrupted, await drill.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Contains(at.Verdict.Reasons, static reason => reason.Contains("no way", StringComparison.Ordinal));
        var report = await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(at.Evidence)!, "report.json"), Token);
        Assert.Equal(Outcome.Invalid, ReportJson.Read(report).Outcome);
    }

    [Fact]
    public async Task A_heal_does_not_overtake_its_fault()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--fault", $"slow: echo begun >> {at.Log}; sleep 1; echo broken >> {at.Log}", "--heal", $"echo healed >> {at.Log}");
        await at.LoggedAsync("begun");

        ForeignDrill.PressCtrlC(drill);

        Assert.Equal(Interrupted, await drill.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Equal(["begun", "broken", "healed"], at.Logged.Distinct());
        Assert.Equal("healed", at.Logged[^1]);
    }

    [Fact]
    public async Task Another_ctrl_c_does_not_end_a_heal()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start(
            "--fault", $"break: echo broken >> {at.Log}", "--hold", "1h", "--heal", $"echo healing >> {at.Log}; sleep 1; echo healed >> {at.Log}");
        await at.LoggedAsync("broken");
        ForeignDrill.PressCtrlC(drill);
        await at.LoggedAsync("healing");

        ForeignDrill.PressCtrlC(drill);
        ForeignDrill.HangUp(drill);

        Assert.Equal(Interrupted, await drill.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Equal(["broken", "healing", "healed"], at.Logged);
        Assert.Contains(drill.StandardOutput, line => line.Contains("another Ctrl-C does not stop that", StringComparison.Ordinal));
        Assert.Equal(0, at.Verdict.Lost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hang_up_heals_like_a_ctrl_c_also_when_the_terminal_takes_no_more(bool isHeard)
    {
        await using var at = new ForeignDrill();
        string[] arguments = ["--fault", $"break: echo broken >> {at.Log}", "--hold", "1h", "--heal", $"echo healed >> {at.Log}"];
        var drill = isHeard ? at.Start(arguments) : at.StartUnheard(arguments);
        await at.LoggedAsync("broken");

        ForeignDrill.HangUp(drill);

        Assert.Equal(Interrupted, await drill.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Equal("healed", at.Logged[^1]);
        Assert.Equal((0, Outcome.Invalid), (at.Verdict.Lost, at.Verdict.Outcome));
    }

    [Fact]
    public async Task A_hang_up_that_is_ignored_changes_nothing()
    {
        await using var at = new ForeignDrill();
        var drill = at.StartWithoutHangUps("--fault", $"break: echo broken >> {at.Log}", "--hold", "1s", "--heal", $"echo healed >> {at.Log}");
        await at.LoggedAsync("broken");

        ForeignDrill.HangUp(drill);

        Assert.Equal(0, await drill.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Equal(Outcome.Passed, at.Verdict.Outcome);
    }
}
