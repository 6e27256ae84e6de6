using ClusterTest.Lab.Machine;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>Tests of a lab that was killed: its programs, its commands and its evidence.</summary>
public sealed class KilledLabTests
{
    // Less than the time after which the producer would report an unconfirmed message as unknown; more than a program needs to stop.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task No_program_of_its_survives()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--rate", "5000", "--fault", $"break: echo broken >> {at.Log}", "--hold", "1h", "--heal", "true");
        await at.LoggedAsync("broken");

        // From then on the programs write nothing: a program that writes would notice that its reader is gone.
        at.Broker.WithholdConfirms();
        var seen = -1;
        await Eventually.TrueAsync(() =>
            at.Broker.Unconfirmed.Count > 0 && at.Broker.Received.Count == Interlocked.Exchange(ref seen, at.Broker.Received.Count));

        // The fault's shell writes, and then ends.
        List<int> programs = [];
        await Eventually.TrueAsync(() => (programs = ChildrenOf(drill.ProcessId)).Count is 2);

        drill.Send(Signal.Kill);

        await Eventually.TrueAsync(() => programs.TrueForAll(static id => ProcFile.ReadBytes($"/proc/{id}/cmdline").Length is 0))
            .WaitAsync(TimeToEnd, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Empty(at.Broker.OpenConnections);
    }

    [Fact]
    public async Task Its_evidence_has_every_step_of_the_faults()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--fault", "break: true", "--hold", "1h", "--heal", "true");
        await ForeignDrill.SaysAsync(drill, "break: command ended");

        drill.Send(Signal.Kill);
        await drill.ExitCodeAsync(ForeignDrill.Patience);

        Assert.Contains("\"step\":\"effective\"", EvidenceText.Of(at.Evidence), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heal_under_way_finishes()
    {
        await using var at = new ForeignDrill();
        var drill = at.Start("--fault", "break: true", "--hold", "100ms", "--heal", $"echo healing >> {at.Log}; sleep 1; echo healed >> {at.Log}");
        await at.LoggedAsync("healing");

        drill.Send(Signal.Kill);

        await at.LoggedAsync("healed");
    }

    [Fact]
    public async Task The_next_drill_tells_what_it_left_broken_and_heals_that_first()
    {
        await using var at = new ForeignDrill();
        var killed = at.Start("--fault", "break: true", "--hold", "1h", "--heal", "true");
        await ForeignDrill.SaysAsync(killed, "break: command ended");
        killed.Send(Signal.Kill);
        await killed.ExitCodeAsync(ForeignDrill.Patience);

        var refused = at.Start("--fault", "break: true");
        Assert.Equal(2, await refused.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Matches(
            @"An earlier drill on .* did not undo break \(since .*Give a --heal that undoes this, or undo it by hand and remove ",
            refused.StandardError.ToString());

        var next = at.Start("--fault", "break: true", "--hold", "100ms", "--heal", $"echo healed >> {at.Log}");
        Assert.Equal(0, await next.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Contains(next.StandardOutput, line => line.Contains("did not undo break", StringComparison.Ordinal));
        Assert.False(File.Exists(at.UnhealedFaultsFile));
    }

    [Theory]
    [InlineData("--heals-itself")]
    [InlineData("--heal", "true")]
    public async Task The_next_drill_begins_only_when_what_was_under_way_has_ended(params string[] recovery)
    {
        await using var at = new ForeignDrill();
        var killed = at.Start(["--fault", $"slow: echo begun >> {at.Log}; sleep 3; echo ended >> {at.Log}", .. recovery]);
        await at.LoggedAsync("begun");
        killed.Send(Signal.Kill);
        await killed.ExitCodeAsync(ForeignDrill.Patience);

        var next = at.Start(["--fault", $"break: echo broken >> {at.Log}", "--hold", "100ms", .. recovery]);

        Assert.Equal(0, await next.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Equal(["begun", "ended", "broken"], at.Logged);
    }

    [Fact]
    public async Task The_next_drill_heals_only_when_the_fault_that_was_under_way_has_ended()
    {
        await using var at = new ForeignDrill();
        var killed = at.Start("--fault", $"slow: echo begun >> {at.Log}; sleep 3; echo broken >> {at.Log}", "--heal", "true");
        await at.LoggedAsync("begun");
        killed.Send(Signal.Kill);
        await killed.ExitCodeAsync(ForeignDrill.Patience);

        var next = at.Start("--fault", "break: true", "--hold", "100ms", "--heal", $"echo healed >> {at.Log}");

        Assert.Equal(0, await next.ExitCodeAsync(ForeignDrill.Patience));
        Assert.Equal(["begun", "broken", "healed"], at.Logged.Take(3));
    }

    [Fact]
    public async Task A_fault_that_does_not_end_is_not_healed_under_way()
    {
        await using var at = new ForeignDrill();
        var killed = at.Start("--fault", $"slow: echo begun >> {at.Log}; exec sleep 60", "--heal", "true");
        await at.LoggedAsync("begun");
        killed.Send(Signal.Kill);
        await killed.ExitCodeAsync(ForeignDrill.Patience);

        var next = at.Start("--fault-timeout", "1s", "--fault", "break: true", "--heal", $"echo healed >> {at.Log}");

        Assert.Equal(2, await next.ExitCodeAsync(ForeignDrill.Patience));
        var told = System.Text.RegularExpressions.Regex.Match(next.StandardError.ToString(), @"still runs \(process (\d+)\)");
        Assert.True(told.Success, next.StandardError.ToString());
        Assert.Equal(["begun"], at.Logged);
        PosixSignal.SendToGroup(int.Parse(told.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), PosixSignal.Kill);
    }

    private static List<int> ChildrenOf(int parent) =>
    [
        .. ProcFile.ProcessIds().Where(id => ProcFile.ReadLines($"/proc/{id}/status").Contains($"PPid:\t{parent}")),
    ];
}
