using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Lab.Tests.Labs;

public sealed class HandOverTests : IAsyncDisposable
{
    private const string Queue = "cluster_test";

    private readonly ScriptedLab _lab = new(new Warren());
    private readonly HandOver _fault = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ScriptedNode Primary => _lab["primary"];

    private ScriptedNode Standby => _lab["standby"];

    [Fact]
    public async Task It_drains_then_ends_the_Shovel_then_moves_the_clients_then_turns_the_Shovel_around()
    {
        await BeginAsync();
        Primary.Sessions = 2;

        await _fault.InjectAsync(_lab.Cluster, "primary", Token);

        Assert.Equal(["primary drain", "standby clear_parameter cluster_test", "primary shutdown", "primary set_parameter cluster_test"], _lab.Told);
        Assert.Equal((0, 0L, 7L), (Primary.Sessions, Primary.Queues[Queue].Messages, Standby.Queues[Queue].Messages));
    }

    [Fact]
    public async Task Healing_ends_the_Shovel_then_moves_the_clients_back_then_sets_the_Shovel_as_it_was()
    {
        await BeginAsync();
        await _fault.InjectAsync(_lab.Cluster, "primary", Token);
        Standby.Sessions = 2;
        var before = _lab.Told.Count;

        await _lab.Cluster.HealAsync(cancellationToken: Token);

        Assert.Equal(
            ["primary clear_parameter cluster_test", "primary ready", "standby shutdown", "standby set_parameter cluster_test"], _lab.Told.Skip(before));
        Assert.Equal((0, "UP"), (Standby.Sessions, Primary.Balancer));
    }

    [Fact]
    public async Task Every_queue_that_the_node_keeps_is_carried_there_and_back()
    {
        await BeginAsync();
        Primary.Declare("other", 50, type: "classic");
        Primary.Declare("of one client", 0, type: "classic", isExclusive: true);

        await _fault.InjectAsync(_lab.Cluster, "primary", Token);

        Assert.Equal([Queue, "other"], Primary.Shovels.Keys.Order());
        Assert.Equal((0L, 50L), (Primary.Queues["other"].Messages, Standby.Queues["other"].Messages));
        Assert.Equal("classic", Primary.Shovels["other"]["dest-queue-args"]!["x-queue-type"]!.ToString());

        Standby.Declare("of the standby", 3);
        await _lab.Cluster.HealAsync(cancellationToken: Token);

        Assert.Empty(Primary.Shovels);
        Assert.Equal([Queue, "of the standby", "other"], Standby.Shovels.Keys.Order());
        Assert.Equal((50L, 3L), (Primary.Queues["other"].Messages, Primary.Queues["of the standby"].Messages));
    }

    [Theory]
    [InlineData("primary drain")]
    [InlineData("standby clear_parameter cluster_test")]
    [InlineData("primary shutdown")]
    [InlineData("primary set_parameter cluster_test")]
    public async Task Repeating_one_that_was_cut_short_does_what_is_missing(string last)
    {
        await BeginAsync();
        await CutShortAsync(last);

        await _fault.InjectAsync(_lab.Cluster, "primary", Token);

        Assert.Equal((0L, 7L), (Primary.Queues[Queue].Messages, Standby.Queues[Queue].Messages));
        Assert.Empty(Standby.Shovels);
        Assert.Equal([Queue], Primary.Shovels.Keys);
    }

    [Theory]
    [InlineData("primary drain")]
    [InlineData("standby clear_parameter cluster_test")]
    [InlineData("primary shutdown")]
    [InlineData("primary set_parameter cluster_test")]
    public async Task Healing_one_that_was_cut_short_hands_back_and_ends_no_node(string last)
    {
        await BeginAsync();
        await CutShortAsync(last);

        await _lab.Cluster.HealAsync(cancellationToken: Token);

        Assert.Equal("UP", Primary.Balancer);
        Assert.Empty(Primary.Shovels);
        Assert.Equal([Queue], Standby.Shovels.Keys);
        Assert.DoesNotContain(_lab.Told, static line => line.EndsWith("kill", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_hand_back_that_was_cut_short_left_on_the_standby_gets_its_Shovel_from_the_next_heal()
    {
        await BeginAsync();
        Standby.Shovels.Clear();
        Standby.Declare("other", 5);

        await _lab.Cluster.HealAsync(cancellationToken: Token);

        Assert.Equal([Queue, "other"], Standby.Shovels.Keys.Order());
        Assert.Equal((0L, 5L), (Standby.Queues["other"].Messages, Primary.Queues["other"].Messages));
    }

    [Fact]
    public async Task A_balancer_that_has_forgotten_it_does_not_keep_healing_from_handing_back()
    {
        await BeginAsync();
        await _fault.InjectAsync(_lab.Cluster, "primary", Token);
        Primary.Balancer = "UP";

        await _lab.Cluster.HealAsync(cancellationToken: Token);

        Assert.Empty(Primary.Shovels);
        Assert.Equal([Queue], Standby.Shovels.Keys);
    }

    [Theory]
    [InlineData("no-ack")]
    [InlineData("on-publish")]
    public async Task The_ack_mode_of_a_drill_goes_there_and_back(string mode)
    {
        await BeginAsync();
        var names = new DrillNames();
        var target = new LabTarget(_lab.Cluster, TimeProvider.System);
        await target.SetUpAsync(names, new Variant("", 1, QueueType.Classic) { AckMode = mode }, Token);
        Assert.Equal((mode, "classic"), (Standby.AckModeOf(names.Queue), Standby.Shovels[names.Queue]["src-queue-args"]!["x-queue-type"]!.ToString()));
        Standby.Declare(names.Queue, 0, "classic");

        await _fault.InjectAsync(_lab.Cluster, "primary", Token);
        Assert.Equal((mode, "on-confirm"), (Primary.AckModeOf(names.Queue), Primary.AckModeOf(Queue)));
        Assert.Equal("classic", Primary.Shovels[names.Queue]["src-queue-args"]!["x-queue-type"]!.ToString());

        await _lab.Cluster.HealAsync(cancellationToken: Token);
        Assert.Equal((mode, "on-confirm"), (Standby.AckModeOf(names.Queue), Standby.AckModeOf(Queue)));
    }

    [Fact]
    public async Task A_node_that_still_has_something_is_not_handed_over_and_what_it_has_is_said()
    {
        await BeginAsync();

        Assert.Null(await RemainsAsync(static _ => { }));
        Assert.Equal("2 client sessions", await RemainsAsync(static node => node.Sessions = 2));
        Assert.Equal("1,234 messages in transient", await RemainsAsync(static node => node.Declare("transient", 1234, "classic", isDurable: false)));
        Assert.Equal("the queue other, whose Shovel does not run", await RemainsAsync(static node => node.Declare("other", 0)));
        Assert.Equal("the queue cluster_test, whose Shovel does not run", await RemainsAsync(static node => node.ShovelState = "starting"));
        Assert.Equal("the queue cluster_test, whose Shovel does not run", await RemainsAsync(static node => node.Shovels.Clear()));
    }

    [Fact]
    public async Task One_that_does_not_take_effect_says_what_is_left()
    {
        await BeginAsync();
        Primary.ShovelState = "starting";

        var failure = await Assert.ThrowsAsync<LabException>(() => _fault.InjectAsync(_lab.Cluster, "primary", Token));

        Assert.Contains("Seen: primary is drained, and still has 7 messages in cluster_test.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_refused_before_anything_is_changed_and_healing_then_ends_no_node()
    {
        await BeginAsync();

        await AssertRefusedAsync("standby", "standby is the standby: there is no other node to hand it over to.");
        Primary.Declare("log", 1, "stream");
        await AssertRefusedAsync("primary", "The queue log is of the type stream, which a Shovel does not empty.");
        Standby.Balancer = "DOWN";
        await AssertRefusedAsync("primary", "The balancer does not see standby as up, so it would hand clients to nobody.");
        Standby.IsDown = true;
        await AssertRefusedAsync("primary", "standby is down and could not take over. Run ./lab heal first.");

        (Standby.IsDown, Standby.Balancer) = (false, "UP");
        await _lab.Cluster.HealAsync(cancellationToken: Token);
        Assert.Empty(_lab.Told);
    }

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    private async Task BeginAsync()
    {
        await _lab.Cluster.SetShovelsAsync(new ShovelDefinition(Queue), Token);
        Primary.Declare(Queue, 7);
        Standby.Declare(Queue, 0);
        _lab.Forget();
    }

    // As Ctrl-C does it: the last thing that is done is that.
    private async Task CutShortAsync(string last)
    {
        using var cut = new CancellationTokenSource();
        _lab.OnTold = line =>
        {
            if (line == last)
            {
                cut.Cancel();
            }
        };
        Primary.ShovelState = "starting";
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _fault.InjectAsync(_lab.Cluster, "primary", cut.Token));
        _lab.OnTold = static _ => { };
        Primary.ShovelState = "running";
        Assert.Equal(last, _lab.Told[^1]);
    }

    private async Task<string?> RemainsAsync(Action<ScriptedNode> change)
    {
        Primary.Queues.Clear();
        Primary.Declare(Queue, 0);
        (Primary.Sessions, Primary.ShovelState) = (0, "running");
        Primary.Shovels[Queue] = Standby.Shovels[Queue].DeepClone();
        change(Primary);
        return await _lab.Cluster.FindRemainsAsync("primary", Token);
    }

    private async Task AssertRefusedAsync(string node, string why)
    {
        Assert.Equal(why, (await Assert.ThrowsAsync<LabException>(() => _fault.InjectAsync(_lab.Cluster, node, Token))).Message);
        Assert.Null(_lab.Cluster.MarkOf(node));
        Assert.Empty(_lab.Told);
    }
}
