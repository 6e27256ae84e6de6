using System.Text.Json.Nodes;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Labs;

/// <summary>What status says of a route, and what heal makes of it.</summary>
public sealed class ShovelRepairTests : IAsyncDisposable
{
    private const string Queue = "cluster_test";

    private readonly ScriptedLab _lab = new(new Warren());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_Shovel_that_is_gone_is_missing_until_heal_sets_it()
    {
        Assert.Equal(
            ("standby", "missing", "No Shovel carries cluster_test from standby to primary; ./lab heal sets it."),
            await LookAsync(_lab));

        Assert.Equal("  the Shovel of cluster_test is gone: setting it again", await HealAsync());
        Assert.Equal(("standby", "running", null), await LookAsync(_lab));
        Assert.Null(await HealAsync());
    }

    [Theory]
    [InlineData("ack-mode", "\"no-ack\"")]
    [InlineData("src-queue-args", "null")]
    [InlineData("dest-queue-args", "{\"x-queue-type\":\"classic\"}")]
    [InlineData("dest-uri", "\"amqp://guest:guest@127.0.0.1:1\"")]
    [InlineData("src-queue", "\"another\"")]
    public async Task A_Shovel_that_is_not_as_the_lab_sets_it_is_set_again(string key, string value)
    {
        _ = await HealAsync();
        var right = _lab["standby"].Shovels[Queue].ToJsonString();
        _lab["standby"].Shovels[Queue][key] = JsonNode.Parse(value);

        Assert.Equal("  the Shovel of cluster_test is not as the lab sets it: setting it again", await HealAsync());
        Assert.Equal(right, _lab["standby"].Shovels[Queue].ToJsonString());
    }

    [Fact]
    public async Task A_Shovel_keeps_the_type_that_its_queue_has()
    {
        _lab["standby"].Declare(Queue, 0, "classic");

        _ = await HealAsync();

        Assert.Equal("classic", _lab["standby"].Shovels[Queue]["src-queue-args"]!["x-queue-type"]!.ToString());
    }

    [Theory]
    [InlineData("quorum", "quorum", null)]
    [InlineData("classic", "classic", null)]
    [InlineData("quorum", "classic", "The queue cluster_test is quorum on standby and classic on primary: ")]
    [InlineData("classic", "quorum", "The queue cluster_test is classic on standby and quorum on primary: ")]
    public async Task Two_types_of_one_queue_are_a_problem(string here, string there, string? expected)
    {
        _lab["standby"].Declare(Queue, 0, here);
        _lab["primary"].Declare(Queue, 0, there);
        await _lab.Cluster.SetShovelsAsync(new ShovelDefinition(Queue), Token);
        _lab["primary"].Declare(Queue, 0, there);

        var problem = (await LookAsync(_lab)).Problem;

        Assert.Equal(expected is null, problem is null);
        Assert.StartsWith(expected ?? "", problem ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_whose_source_is_down_has_a_line()
    {
        _lab["standby"].IsDown = true;

        Assert.Equal(
            (
                "standby",
                "unknown",
                "standby does not run: nothing is carried from there to primary, and how much waits is unknown. ./lab heal starts what is down."),
            await LookAsync(_lab));
    }

    [Fact]
    public async Task A_site_without_a_running_node_has_a_line()
    {
        await using var sites = new ScriptedLab(new Shovel());
        foreach (var node in new[] { "a1", "a2", "a3" })
        {
            sites[node].IsDown = true;
        }

        Assert.Equal(
            ("a1", "unknown", "No node of site-a runs: nothing is carried from there to b1, and how much waits is unknown. ./lab heal starts what is down."),
            await LookAsync(sites));
    }

    [Fact]
    public async Task A_Shovel_that_was_turned_around_is_not_missed()
    {
        await _lab.Cluster.SetShovelsAsync(new ShovelDefinition(Queue), Token);
        (_lab["primary"].Shovels[Queue], _) = (_lab["standby"].Shovels[Queue].DeepClone(), _lab["standby"].Shovels.Remove(Queue));

        Assert.Equal(("primary", "running", null), await LookAsync(_lab));
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private static async Task<(string Source, string State, string? Problem)> LookAsync(ScriptedLab lab)
    {
        var shovel = Assert.Single(await lab.Cluster.LookAtShovelsAsync(Token));
        Assert.Equal(Queue, shovel.Queue);
        Assert.Equal(shovel.State is "running", shovel.Node is not null);
        return (shovel.Source, shovel.State, shovel.Problem);
    }

    // What heal says; null if it says nothing.
    private async Task<string?> HealAsync()
    {
        var said = new List<string>();
        await _lab.Cluster.HealAsync(new Told(said), Token);
        return said is [] ? null : Assert.Single(said);
    }

    private sealed class Told(List<string> said) : IProgress<string>
    {
        public void Report(string value) => said.Add(value);
    }
}
