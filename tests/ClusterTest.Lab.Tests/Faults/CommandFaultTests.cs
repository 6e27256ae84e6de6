using System.Globalization;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Machine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests.Faults;

public sealed class CommandFaultTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    private static CommandRecovery None => new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stop: ssh {node} rabbitmqctl stop_app", "stop", FaultTarget.Node)]
    [InlineData(" pull-the-plug :  echo a: b ", "pull-the-plug", FaultTarget.Cluster)]
    public void A_name_and_a_command_are_a_fault(string text, string name, FaultTarget target)
    {
        var fault = CommandFault.Parse(text, None);

        Assert.NotNull(fault);
        Assert.Equal((name, target), (fault.Name, fault.Target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rabbitmqctl stop_app")]
    [InlineData("stop:")]
    [InlineData("stop:  ")]
    [InlineData("a name: true")]
    [InlineData("<b>: true")]
    public void Anything_else_is_none(string text) => Assert.Null(CommandFault.Parse(text, None));

    [Fact]
    public async Task Injecting_and_healing_run_the_commands_with_the_node_filled_in()
    {
        var fault = CommandFault.Parse($"note: echo break {{node}} {{node}} >> {_file}", new CommandRecovery($"echo heal {{node}} >> {_file}"))!;

        await fault.InjectAsync("rabbit2", Token);
        await fault.HealAsync("rabbit2", Token);

        Assert.Equal(["break rabbit2 rabbit2", "heal rabbit2"], await File.ReadAllLinesAsync(_file, Token));
    }

    [Fact]
    public void What_a_command_does_is_not_checked() => Assert.False(CommandFault.Parse("note: true", None)!.ChecksEffect);

    [Fact]
    public async Task A_command_that_fails_says_how()
    {
        var fault = CommandFault.Parse("note: echo no such host {node} >&2; exit 255", None)!;

        var failure = await Assert.ThrowsAsync<LabException>(() => fault.InjectAsync("rabbit2", Token));

        Assert.Equal("the command ended with exit code 255: no such host rabbit2", failure.Message);
    }

    [Fact]
    public async Task What_a_command_says_is_told_without_passwords()
    {
        var fault = CommandFault.Parse("note: echo cannot reach http://admin:secret@host/ >&2; exit 1", None)!;

        var failure = await Assert.ThrowsAsync<LabException>(() => fault.InjectAsync(node: null, Token));

        Assert.Equal("the command ended with exit code 1: cannot reach http://***@host/", failure.Message);
    }

    [Fact]
    public async Task A_heal_command_for_a_node_is_not_run_for_a_fault_without_one()
    {
        var fault = CommandFault.Parse("note: true", new CommandRecovery($"echo heal {{node}} >> {_file}"))!;

        await fault.HealAsync(node: null, Token);

        Assert.Empty(await File.ReadAllTextAsync(_file, Token));
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_when_its_time_is_over()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var fault = CommandFault.Parse($"hang: echo $$ > {_file}; exec sleep 1000", None)!;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fault.InjectAsync(node: null, deadline.Token));

        var pid = (await File.ReadAllTextAsync(_file, Token)).Trim();
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_with_all_that_it_has_started()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var fault = CommandFault.Parse($"hang: trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > {_file}; while :; do sleep 1; done' & wait", None)!;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fault.InjectAsync(node: null, deadline.Token));

        var pid = (await File.ReadAllTextAsync(_file, Token)).Trim();
        await Eventually.TrueAsync(() => ProcFile.ReadBytes($"/proc/{pid}/cmdline").Length is 0);
    }

    [Fact]
    public async Task A_command_has_ended_when_its_shell_has_and_what_it_said_until_then_is_told()
    {
        var fault = CommandFault.Parse($"leave: sleep 1000 & echo $! > {_file}; echo no such host; exit 3", None)!;

        var failure = await Assert.ThrowsAsync<LabException>(
            () => fault.InjectAsync(node: null, Token).WaitAsync(TestLab.Patience, TimeProvider.System, Token));

        Assert.Equal("the command ended with exit code 3: no such host", failure.Message);
        var daemon = int.Parse(await File.ReadAllTextAsync(_file, Token), CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{daemon}"));
        PosixSignal.Send(daemon, PosixSignal.Kill);
    }

    [Fact]
    public async Task Healing_waits_until_it_is_ready()
    {
        var time = new FakeTimeProvider();
        var recovery = new CommandRecovery(
            $"echo heal {{node}} >> {_file}", $"echo ask {{node}} >> {_file}; test $(grep -c ask {_file}) = 3");
        var fault = CommandFault.Parse("note: true", recovery, time)!;

        var healing = fault.HealAsync("rabbit2", Token);
        while (!healing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await healing;
        Assert.Equal(["heal rabbit2", "ask rabbit2", "ask rabbit2", "ask rabbit2"], await File.ReadAllLinesAsync(_file, Token));
    }

    [Fact]
    public async Task What_does_not_get_ready_in_time_says_why()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var fault = CommandFault.Parse("note: true", new CommandRecovery("true", "echo still starting; exit 9"))!;

        var failure = await Assert.ThrowsAsync<LabException>(() => fault.HealAsync("rabbit2", deadline.Token));

        Assert.Equal(
            "the fault was healed, but the cluster was not ready in time: the command of --ready ended with exit code 9: still starting",
            failure.Message);
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData("true", false, false)]
    [InlineData(null, true, false)]
    public void A_fault_stays_when_nothing_undoes_it(string? heal, bool healsItself, bool stays) =>
        Assert.Equal(stays, CommandFault.Parse("note: true", new CommandRecovery(heal, HealsItself: healsItself))!.StaysBroken);

    [Theory]
    [InlineData("rabbit2", true)]
    [InlineData("rabbit@node-2.example", true)]
    [InlineData("rabbit2; rm -rf x", false)]
    [InlineData("$(id)", false)]
    [InlineData("-o", false)]
    public void Only_plain_names_are_filled_in(string name, bool isFine) => Assert.Equal(isFine, CommandFault.IsNodeName(name));

    public void Dispose() => File.Delete(_file);
}
