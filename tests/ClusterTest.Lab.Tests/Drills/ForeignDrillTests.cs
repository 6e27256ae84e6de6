using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>Drills on the user's own cluster.</summary>
public sealed class ForeignDrillTests
{
    [Fact]
    public async Task The_next_turn_waits_until_the_node_is_ready()
    {
        await using var at = new ForeignDrill();
        var marks = Path.Combine(at.Folder, "ready-");
        var drill = at.Start(
            "--nodes", "one,two", "--hold", "100ms",
            "--fault", $"break: echo break {{node}} >> {at.Log}",
            "--heal", $"echo heal {{node}} >> {at.Log}",
            "--ready", $"echo ask {{node}} >> {at.Log}; test -e {marks}{{node}} || {{ touch {marks}{{node}}; exit 1; }}");

        Assert.Equal(0, await drill.ExitCodeAsync(ForeignDrill.Patience));

        var (first, second) = at.Logged[0] is "break one" ? ("one", "two") : ("two", "one");
        Assert.Equal(
            [$"break {first}", $"heal {first}", $"ask {first}", $"ask {first}", $"break {second}", $"heal {second}", $"ask {second}", $"ask {second}"],
            at.Logged.Take(8));
    }

    [Fact]
    public async Task What_does_not_get_ready_ends_the_breaking()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start(
            "--rounds", "3", "--hold", "100ms", "--fault-timeout", "2s",
            "--fault", $"break: echo break >> {at.Log}", "--heal", "true", "--ready", "echo not yet; exit 7");

        Assert.Equal(2, await drill.ExitCodeAsync(ForeignDrill.Patience));

        Assert.Single(at.Logged);
        Assert.Contains("the command of --ready ended with exit code 7: not yet", drill.StandardOutput.ToString(), StringComparison.Ordinal);
        Assert.Equal((0, Outcome.Invalid), (at.Verdict.Lost, at.Verdict.Outcome));
        Assert.True(File.Exists(at.UnhealedFaultsFile));
    }

    [Fact]
    public async Task A_second_drill_on_the_same_cluster_is_refused_at_once()
    {
        await using var at = new ForeignDrill();
        var first = at.Start("--fault", $"break: echo broken >> {at.Log}", "--hold", "1h", "--heal", $"echo healed >> {at.Log}");
        await at.LoggedAsync("broken");

        var second = at.Start("--fault", "break: true", "--heal", $"echo meddled >> {at.Log}");

        Assert.Equal(2, await second.ExitCodeAsync(ForeignDrill.Patience));
        Assert.StartsWith("A drill is running on ", second.StandardError.ToString(), StringComparison.Ordinal);
        Assert.Equal(["broken"], at.Logged);
        Assert.True(File.Exists(at.UnhealedFaultsFile));
        ForeignDrill.PressCtrlC(first);
        Assert.Equal(130, await first.ExitCodeAsync(ForeignDrill.Patience));
        Assert.False(File.Exists(at.UnhealedFaultsFile));
    }

    [Theory]
    [InlineData("--heal", "true")]
    [InlineData("--heals-itself")]
    public async Task A_command_is_told_as_a_command_and_a_fault_that_nobody_noticed_as_that(params string[] recovery)
    {
        await using var at = new ForeignDrill();
        var drill = at.Start(["--hold", "100ms", "--fault", "note: true", .. recovery]);

        Assert.Equal(0, await drill.ExitCodeAsync(ForeignDrill.Patience));

        Assert.Contains(drill.StandardOutput, line => line.EndsWith("note: command ended", StringComparison.Ordinal));
        Assert.False(Assert.Single(at.Verdict.Faults).Noticed);
    }

    [Fact]
    public async Task What_is_not_undone_at_another_address_is_told()
    {
        await using var at = new ForeignDrill();
        await using var elsewhere = new ForeignDrill();
        Assert.Equal(0, await elsewhere.Start("--hold", "100ms", "--fault", "lasting: true").ExitCodeAsync(ForeignDrill.Patience));

        var drill = at.Start("--hold", "100ms", "--fault", "break: true", "--heals-itself");

        Assert.Equal(0, await drill.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Contains(
            drill.StandardOutput,
            line => line.Contains("lasting (since", StringComparison.Ordinal)
                && line.Contains(elsewhere.UnhealedFaultsFile, StringComparison.Ordinal));
        Assert.True(File.Exists(elsewhere.UnhealedFaultsFile));
    }

    [Fact]
    public async Task A_fault_that_leaves_a_daemon_behind_has_ended()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--hold", "100ms", "--fault", $"break: sleep 1000 & echo $! >> {at.Log}", "--heal", $"kill $(cat {at.Log}) || true");

        Assert.Equal(0, await drill.ExitCodeAsync(ForeignDrill.Patience));

        Assert.Equal(Outcome.Passed, at.Verdict.Outcome);
    }

    [Fact]
    public async Task What_is_not_undone_by_anything_is_told()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--hold", "100ms", "--fault", "break: true");

        Assert.Equal(0, await drill.ExitCodeAsync(ForeignDrill.Patience));

        Assert.Contains(drill.StandardOutput, line => line.EndsWith("break is not undone: there is no --heal", StringComparison.Ordinal));
        Assert.DoesNotContain(drill.StandardOutput, line => line.EndsWith("break: healed", StringComparison.Ordinal));
        var next = at.Start("--hold", "100ms", "--fault", "break: true", "--heals-itself");
        Assert.Equal(0, await next.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Contains(next.StandardOutput, line => line.Contains("had no --heal to undo break", StringComparison.Ordinal));
        Assert.False(File.Exists(at.UnhealedFaultsFile));
    }
}
