using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Labs;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

/// <summary>Tests for every engine, on a real lab that is up. Every test leaves the lab whole.</summary>
public abstract class EngineContract
{
    private const string Part = "rabbit3";

    /// <summary>Why these tests cannot run; null if they can.</summary>
    private protected abstract string? Obstacle { get; }

    private protected abstract IEngine Engine { get; }

    private protected abstract LabCluster Lab { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task It_sees_every_part_and_where_nodes_can_be_reached() => CheckAsync(async () =>
    {
        var parts = await Engine.LookAsync(Token);

        Assert.Equal(Lab.Topology.Parts, parts.Keys);
        Assert.All(parts, static part => Assert.Equal(PartState.Running, part.Value.State));
        Assert.All(Lab.Topology.BrokerNames, node => Assert.NotNull(parts[node].Address));
        Assert.True(await Engine.ExistsAsync(Token));
        Assert.NotEqual(false, Engine.IsListening(parts[Part].Address!));
    });

    [Fact]
    public Task What_is_paused_stands_still_until_it_is_resumed() => CheckAsync(async () =>
    {
        await Engine.PauseAsync(Part, Token);
        Assert.Equal(PartState.Frozen, await StateAsync(Part));

        await Engine.ResumeAsync(Part, Token);
        Assert.Equal(PartState.Running, await StateAsync(Part));
        await Engine.ResumeAsync(Part, Token);
        Assert.Equal(PartState.Running, await StateAsync(Part));
    });

    [Fact]
    public Task What_is_killed_is_gone_until_it_is_started() => CheckAsync(async () =>
    {
        await Engine.KillAsync(Part, Token);
        Assert.Equal(PartState.Down, await StateAsync(Part));
        Assert.True(await Engine.IsGoneAsync(Part, Token));
        Assert.True(await Engine.ExistsAsync(Token));
        await Engine.KillAsync(Part, Token);

        await Engine.JoinAsync(Part, Token);
        await Engine.StartAsync(Part, Token);
        await Eventually.TrueAsync(async () => await StateAsync(Part) is PartState.Running);
    });

    [Fact]
    public Task What_is_asked_to_end_ends() => CheckAsync(async () =>
    {
        await Engine.EndAsync(LabCluster.BalancerRole, Token);

        Assert.Equal(PartState.Down, await StateAsync(LabCluster.BalancerRole));
    });

    [Fact]
    public Task What_is_cut_off_shows_until_it_has_joined_again() => CheckAsync(async () =>
    {
        if (!Engine.CanCut)
        {
            _ = await Assert.ThrowsAsync<NotSupportedException>(() => Engine.CutAsync(Part, Token));
            await Engine.JoinAsync(Part, Token);
            return;
        }

        await Engine.CutAsync(Part, Token);
        Assert.Equal(PartState.CutOff, await StateAsync(Part));
        await Engine.JoinAsync(Part, Token);
        Assert.Equal(PartState.Running, await StateAsync(Part));
        await Engine.JoinAsync(Part, Token);
    });

    [Fact]
    public Task Programs_beside_a_part_are_run_and_heard() => CheckAsync(async () =>
    {
        var said = await Engine.ExecAsync(Part, BrokerTool.Ctl, ["eval", "1 + 1."], Token);
        Assert.Equal((0, "2"), (said.ExitCode, said.Output.Trim()));
        Assert.NotEqual(0, (await Engine.ExecAsync(Part, BrokerTool.Ctl, ["no_such_command"], Token)).ExitCode);
        var version = await Engine.ExecAsync(LabCluster.BalancerRole, "haproxy", ["-v"], Token);
        Assert.StartsWith("HAProxy ", BalancerVersion.Parse(version.Output), StringComparison.Ordinal);
    });

    [Fact]
    public Task It_tells_what_a_part_wrote_last() => CheckAsync(async () => Assert.NotEqual("", await Engine.LogTailAsync(Part, Token)));

    private async Task CheckAsync(Func<Task> check)
    {
        Assert.SkipWhen(Obstacle is not null, Obstacle ?? "");
        try
        {
            await check();
        }
        finally
        {
            await Lab.HealAsync(cancellationToken: Token);
        }

        Assert.True((await Lab.GetStatusAsync(Token)).IsHealthy);
    }

    private async Task<PartState> StateAsync(string part) => (await Engine.LookAsync(Token))[part].State;
}
