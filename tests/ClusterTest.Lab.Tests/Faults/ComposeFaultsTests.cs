using System.Net.Sockets;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.Lab.Tests.Faults;

/// <summary>
/// Faults on a real cluster in containers. Every step uses a new cluster object, as the commands of the lab do: it finds earlier faults only by looking at
/// the cluster. Every test leaves the cluster whole.
/// </summary>
[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeFaultsTests(RunningComposeLab running) : IClassFixture<RunningComposeLab>
{
    private const string Queue = "a queue, 'quoted'";

    private readonly ComposeLab _lab = running.Lab;

    private LabCluster Cluster => _lab.Cluster;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    [InlineData("stop-app", NodeState.AppStopped)]
    [InlineData("kill", NodeState.Down)]
    [InlineData("freeze", NodeState.Frozen)]
    [InlineData("drain", NodeState.Drained)]
    [InlineData("partition", NodeState.CutOff)]
    public async Task A_fault_takes_effect_shows_also_at_the_balancer_and_is_healed(string fault, NodeState state)
    {
        await FaultNamed(fault).InjectAsync("rabbit2", Token);

        Assert.Equal([NodeState.Running, state, NodeState.Running], (await Cluster.GetStatusAsync(Token)).Nodes.Select(static node => node.State));
        await Eventually.TrueAsync(async () => (await Cluster.GetStatusAsync(Token)).Nodes[1].Balancer is { IsUp: false });
        var again = await Assert.ThrowsAsync<LabException>(() => FaultNamed("stop-app").InjectAsync("rabbit2", Token));
        Assert.Equal($"rabbit2 is {state.ToWords()} already. Run ./lab heal first.", again.Message);
        await FaultNamed(fault).HealAsync("rabbit2", Token);

        await AssertWholeAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task A_restarted_node_is_another_process_and_whole()
    {
        var before = await StartedAsync("rabbit1");

        await FaultNamed("restart").InjectAsync("rabbit1", Token);
        Assert.NotEqual(before, await StartedAsync("rabbit1"));
        await FaultNamed("restart").HealAsync("rabbit1", Token);

        await AssertWholeAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task The_balancer_restarts_or_stays_down_until_it_is_healed()
    {
        var before = await StartedAsync("haproxy");
        await FaultNamed("balancer-restart").InjectAsync(node: null, Token);
        Assert.NotEqual(before, await StartedAsync("haproxy"));
        await FaultNamed("balancer-restart").HealAsync(node: null, Token);

        await FaultNamed("balancer-kill").InjectAsync(node: null, Token);
        using var client = new TcpClient();
        _ = await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", ComposeLab.PortBase, Token).AsTask());
        await FaultNamed("balancer-kill").HealAsync(node: null, Token);

        await AssertWholeAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Closing_connections_concerns_one_node_alone()
    {
        await using var closed = await ConnectAsync("rabbit1");
        await using var kept = await ConnectAsync("rabbit2");

        await FaultNamed("close-connections").InjectAsync("rabbit1", Token);

        await Eventually.TrueAsync(() => !closed.IsOpen);
        Assert.Equal("CONNECTION_FORCED - drill", closed.CloseReason?.ReplyText);
        Assert.True(kept.IsOpen);
        await FaultNamed("close-connections").InjectAsync("rabbit1", Token); // no client is left
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task A_deleted_queue_is_gone()
    {
        await using var connection = await ConnectAsync("rabbit2");
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
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Lab_heal_repairs_a_cut_off_a_killed_and_a_frozen_node_and_the_balancer_at_once()
    {
        foreach (var fault in new string[][] { ["partition", "rabbit1"], ["kill", "rabbit2"], ["freeze", "rabbit3"], ["balancer-kill"] })
        {
            var broken = await _lab.RunAsync(["fault", .. fault]);
            Assert.Equal((0, ""), (broken.ExitCode, broken.Error));
        }

        var heal = await _lab.RunAsync("heal");

        Assert.Equal((0, ""), (heal.ExitCode, heal.Error));
        await AssertWholeAsync();
    }

    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task A_fault_that_was_cut_short_is_healed_by_a_new_start()
    {
        var before = await StartedAsync("rabbit3");
        var hurried = new LabCluster(_lab.Options with { FaultTimeout = TimeSpan.FromMilliseconds(300) });
        _ = await Assert.ThrowsAsync<LabException>(() => new StopApp().InjectAsync(hurried, "rabbit3", Token));

        await Cluster.HealNodeAsync("rabbit3", Token);

        await AssertWholeAsync();
        Assert.NotEqual(before, await StartedAsync("rabbit3"));
    }

    private IFault FaultNamed(string name) => FaultList.For(Cluster, Queue).Single(fault => fault.Name == name);

    private async Task<string> StartedAsync(string service) =>
        await DockerCli.RunOrFailAsync(["inspect", "--format", "{{.State.StartedAt}}", $"{_lab.Options.Project}-{service}-1"], Token);

    private async Task<IConnection> ConnectAsync(string node)
    {
        var address = await Cluster.FindAddressAsync(node, Token);
        return await new ConnectionFactory { Uri = new Uri($"amqp://{address}"), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Token);
    }

    private async Task AssertWholeAsync()
    {
        Assert.True((await Cluster.GetStatusAsync(Token)).IsHealthy);
        Assert.True(Membership.Parse((await Cluster.CtlAsync("rabbit1", Membership.Command, Token)).Output).Includes(Cluster.Topology.BrokerNames));
    }
}
