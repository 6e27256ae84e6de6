using System.Globalization;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.Lab.Tests.Faults;

/// <summary>Faults on a real cluster, as seen from outside. Every test leaves the cluster whole.</summary>
[RealBrokers, Collection(RunningLabDefinition.Name)]
public sealed class LabFaultsTests(RunningLab running)
{
    private const string Queue = "a queue, 'quoted'";

    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(1);

    private readonly TestLab _lab = running.Lab;

    private LabCluster Cluster => _lab.Cluster;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_drained_node_closes_its_doors_until_it_is_revived()
    {
        var drain = FaultNamed("drain");

        await drain.InjectAsync("rabbit2", Token);
        Assert.Equal(NodeState.Drained, await StateAsync(1));
        Assert.False((await AmqpProbe.GreetAsync(await Cluster.FindAddressAsync("rabbit2", Token), GreetingTimeout, Token)).Connected);
        await Eventually.TrueAsync(async () => !await BalancerSeesAsync("rabbit2"));
        Assert.Matches("rabbit2 .* drained ", (await _lab.RunAsync("status")).Output);
        await drain.HealAsync("rabbit2", Token);

        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_node_that_was_stopped_or_frozen_is_healed_alone_and_healing_again_does_nothing()
    {
        await FaultNamed("stop-app").InjectAsync("rabbit3", Token);
        await FaultNamed("freeze").InjectAsync("rabbit2", Token);
        Assert.Equal(NodeState.AppStopped, await StateAsync(2));
        Assert.Equal(NodeState.Frozen, await StateAsync(1));

        await FaultNamed("freeze").HealAsync("rabbit2", Token);
        Assert.Equal(NodeState.Running, await StateAsync(1));
        Assert.Equal(NodeState.AppStopped, await StateAsync(2));
        await FaultNamed("stop-app").HealAsync("rabbit3", Token);

        await AssertWholeAsync();
        var processes = ProcessesOf("rabbit3");
        await FaultNamed("stop-app").HealAsync("rabbit3", Token);
        Assert.Equal(processes, ProcessesOf("rabbit3"));
    }

    [Fact]
    public async Task When_no_node_runs_healing_the_first_that_went_starts_all()
    {
        foreach (var node in new[] { "rabbit1", "rabbit2", "rabbit3" })
        {
            await FaultNamed("kill").InjectAsync(node, Token);
        }

        await FaultNamed("kill").HealAsync("rabbit1", Token);

        await Eventually.TrueAsync(async () => (await Cluster.GetStatusAsync(Token)).IsHealthy);
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_node_that_is_slow_for_a_moment_is_not_taken_for_a_broken_one()
    {
        // The node's other processes run on, so the node does not count as frozen.
        var machine = Assert.Single(Cluster.FindProcesses(), static process => process is { Role: "rabbit2", Name: "beam.smp" });
        PosixSignal.Send(machine.Id, PosixSignal.Stop);
        Assert.Equal(NodeState.NotResponding, await StateAsync(1));

        var injecting = FaultNamed("stop-app").InjectAsync("rabbit2", Token);
        Assert.Equal(NodeState.NotResponding, await StateAsync(1));
        PosixSignal.Send(machine.Id, PosixSignal.Continue);
        await injecting;

        await FaultNamed("stop-app").HealAsync("rabbit2", Token);
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_restarted_balancer_is_another_process_and_sees_all_nodes()
    {
        var before = ProcessesOf("balancer");
        var restart = FaultNamed("balancer-restart");

        await restart.InjectAsync(node: null, Token);
        Assert.Empty(ProcessesOf("balancer").Intersect(before));
        await restart.HealAsync(node: null, Token);

        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_killed_balancer_stays_down_until_it_is_healed()
    {
        var kill = FaultNamed("balancer-kill");

        await kill.InjectAsync(node: null, Token);
        Assert.Empty(ProcessesOf("balancer"));
        Assert.False((await Cluster.GetStatusAsync(Token)).BalancerRuns);
        var again = await Assert.ThrowsAsync<LabException>(() => kill.InjectAsync(node: null, Token));
        Assert.Equal("The balancer is down already. Run ./lab heal first.", again.Message);
        await kill.HealAsync(node: null, Token);

        await AssertWholeAsync();
    }

    [Fact]
    public async Task Closing_connections_concerns_one_node_alone()
    {
        await using var closed = await ConnectAsync(0);
        await using var kept = await ConnectAsync(1);

        await FaultNamed("close-connections").InjectAsync("rabbit1", Token);

        await Eventually.TrueAsync(() => !closed.IsOpen);
        Assert.Equal("CONNECTION_FORCED - drill", closed.CloseReason?.ReplyText);
        Assert.True(kept.IsOpen);
        await FaultNamed("close-connections").InjectAsync("rabbit1", Token); // no client is left
    }

    [Fact]
    public async Task A_deleted_queue_is_gone_and_cannot_be_deleted_twice()
    {
        await using var connection = await ConnectAsync(1);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        _ = await channel.QueueDeclareAsync(
            Queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: Token);
        Assert.Contains(await Cluster.FindLeaderAsync(Queue, Token), Cluster.Topology.BrokerNames);

        await FaultNamed("delete-queue").InjectAsync(node: null, Token);

        Assert.Null(await Cluster.FindLeaderAsync(Queue, Token));
        var failure = await Assert.ThrowsAsync<LabException>(() => FaultNamed("delete-queue").InjectAsync(node: null, Token));
        Assert.Contains("Queue not found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lab_heal_repairs_a_cut_off_a_killed_and_a_drained_node_at_once()
    {
        Assert.Equal(
            "rabbit2: cut off from the other nodes; a cluster manager ends it. ./lab heal starts it again, together with the others.",
            (await _lab.RunAsync("fault", "partition", "rabbit2")).Output);
        Assert.Equal("[rabbit3@localhost]", await ConnectedNodesAsync("rabbit1"));
        Assert.Equal("[rabbit1@localhost]", await ConnectedNodesAsync("rabbit3"));
        Assert.Equal("[]", await ConnectedNodesAsync("rabbit2"));
        Assert.True(await BalancerSeesAsync("rabbit2"));
        Assert.Equal(NodeState.CutOff, await StateAsync(1));

        Assert.Equal(0, (await _lab.RunAsync("fault", "kill", "rabbit3")).ExitCode);
        Assert.Empty(ProcessesOf("rabbit3"));
        var again = await _lab.RunAsync("fault", "drain", "rabbit3");
        Assert.Equal((2, "rabbit3 is down already. Run ./lab heal first."), (again.ExitCode, again.Error));

        Assert.Equal(0, (await _lab.RunAsync("fault", "drain", "rabbit1")).ExitCode);
        Assert.Equal(0, (await _lab.RunAsync("fault", "freeze", "rabbit1")).ExitCode);
        var heal = await _lab.RunAsync("heal");

        Assert.Equal((0, ""), (heal.ExitCode, heal.Error));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task What_a_fault_that_was_cut_short_has_left_is_over_with_the_next_fault()
    {
        var mark = Path.Combine(_lab.Options.StateDirectory, $"rabbit2{LabNames.FaultSuffix}");
        await File.WriteAllTextAsync(mark, "drain", Token);

        await FaultNamed("restart").InjectAsync("rabbit2", Token);

        Assert.False(File.Exists(mark));
        await Eventually.TrueAsync(() => BalancerSeesAsync("rabbit2"));
        var processes = ProcessesOf("rabbit2");
        Assert.Equal(0, (await _lab.RunAsync("heal")).ExitCode);
        Assert.Equal(processes, ProcessesOf("rabbit2"));
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_node_that_was_cut_off_and_then_frozen_is_still_known_to_be_cut_off()
    {
        await FaultNamed("partition").InjectAsync("rabbit2", Token);
        await FaultNamed("freeze").InjectAsync("rabbit2", Token);
        Assert.Equal(NodeState.Frozen, await StateAsync(1));

        var heal = await _lab.RunAsync("heal");

        Assert.Equal((0, ""), (heal.ExitCode, heal.Error));

        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_fault_that_was_cut_short_is_healed_by_a_new_start()
    {
        List<int> before = [.. ProcessesOf("rabbit2"), .. ProcessesOf("rabbit3")];
        var hurried = new LabCluster(_lab.Options with { FaultTimeout = TimeSpan.FromMilliseconds(50) });
        var failure = await Assert.ThrowsAsync<LabException>(() => new StopApp().InjectAsync(hurried, "rabbit2", Token));
        Assert.StartsWith(
            "stop-app on rabbit2 has not taken effect after 0.05 s. Expected: the node's Erlang VM runs and has no AMQP listener. Seen: rabbit2 is ",
            failure.Message,
            StringComparison.Ordinal);

        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var restart = new Restart().InjectAsync(Cluster, "rabbit3", interrupt.Token);
        await Eventually.TrueAsync(() => !ProcessesOf("rabbit3").Intersect(before).Any());
        await interrupt.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => restart);

        await Task.WhenAll(Cluster.HealNodeAsync("rabbit2", Token), Cluster.HealNodeAsync("rabbit3", Token));

        await AssertWholeAsync();
        Assert.Empty(ProcessesOf("rabbit2").Concat(ProcessesOf("rabbit3")).Intersect(before));
    }

    private IFault FaultNamed(string name) => FaultList.For(Cluster, Queue).Single(fault => fault.Name == name);

    private async Task<NodeState> StateAsync(int node) => (await Cluster.GetStatusAsync(Token)).Nodes[node].State;

    private List<int> ProcessesOf(string role) => [.. Cluster.FindProcesses().Where(process => process.Role == role).Select(static process => process.Id)];

    private async Task<bool> BalancerSeesAsync(string node) =>
        await BalancerStatistics.ReadAsync(_lab.Options.Ports.Statistics, Token) is { } servers && servers[node].IsUp;

    private async Task<string> ConnectedNodesAsync(string node) => (await Cluster.CtlAsync(node, ["eval", "nodes()."], Token)).Output.Trim();

    private async Task<IConnection> ConnectAsync(int node)
    {
        var address = await Cluster.FindAddressAsync(Cluster.Nodes[node].Name, Token);
        return await new ConnectionFactory { Uri = new Uri(string.Create(CultureInfo.InvariantCulture, $"amqp://{address}")), AutomaticRecoveryEnabled = false }
            .CreateConnectionAsync(Token);
    }

    private async Task AssertWholeAsync()
    {
        Assert.True((await Cluster.GetStatusAsync(Token)).IsHealthy);
        Assert.True(Membership.Parse((await Cluster.CtlAsync("rabbit1", Membership.Command, Token)).Output).Includes(Cluster.Topology.BrokerNames));
    }
}
