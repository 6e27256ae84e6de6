using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Tests.Examples;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

public sealed class TopologyTests
{
    private static readonly string Root = RepositoryRoot.Find();

    public static TheoryData<string> Names => [.. TopologyList.All.Select(static topology => topology.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Each_topology_says_what_it_is_and_its_files_are_there(string name)
    {
        var topology = TopologyList.Find(name)!;

        Assert.Matches("^[a-z]+(-[a-z]+)*$", topology.Name);
        Assert.Matches("^an? .*[a-z]$|^one .*[a-z]$", topology.Help);
        Assert.Distinct(topology.Parts);
        Assert.All(
            [.. topology.BalancerFiles, .. topology.ComposeFiles, topology.SecureComposeFile],
            static file => Assert.True(File.Exists(Path.Combine(Root, file)), file));
    }

    [Theory, MemberData(nameof(Names))]
    public void It_names_only_parts_that_it_has(string name)
    {
        var topology = TopologyList.Find(name)!;

        Assert.Empty(((string[])[topology.ProducerEntrance, topology.ConsumerEntrance, .. topology.Balanced, .. topology.Stores])
            .Except([.. topology.Parts, .. topology.IsManaged ? [Topology.Address] : Array.Empty<string>()]));
        Assert.InRange(topology.MostBroken, 1, topology.Brokers.Count);
    }

    [Fact]
    public void What_is_expected_follows_from_the_groups()
    {
        Assert.Equal((true, 1), Expected(new Cluster()));
        Assert.Equal((false, 1), Expected(new Standalone()));
        Assert.Equal((false, 1), Expected(new Pair()));
        Assert.Equal((true, 2), Expected(new Grouped("a a a a a")));
        Assert.Equal((false, 1), Expected(new Grouped("a a a b")));

        static (bool Serves, int MostBroken) Expected(Topology topology) => (topology.ServesWithOneBroken, topology.MostBroken);
    }

    [Fact]
    public void Groups_share_nothing()
    {
        var topology = new Grouped("a a b");

        Assert.Equal([["rabbit1", "rabbit2"], ["rabbit3"]], topology.Groups.Select(static group => group.Select(static broker => broker.Name)));
        Assert.Equal(["rabbit2"], topology.PeersOf("rabbit1").Select(static peer => peer.Name));
        Assert.Empty(topology.PeersOf("rabbit3"));
    }

    [Fact]
    public void A_broker_without_another_is_not_cut_off_from_it()
    {
        Assert.Equal(WithoutLinkOrStandby(FaultList.Names).Except(["partition"]), FaultsOf(new Standalone()));
        Assert.Equal(WithoutLinkOrStandby(FaultList.Names), FaultsOf(new Cluster()));
        Assert.Equal(FaultList.Names.Except(["partition", "cut-link", "slow-link", "half-open-link", .. OfAManager]), FaultsOf(new Warren()));
        Assert.Equal(FaultList.Names.Except(["hand-over", .. OfAManager]), FaultsOf(new Shovel()));
        Assert.Equal(
            WithoutLinkOrStandby(FaultList.Names).Concat(OfAManager).Except(["drain", "balancer-restart", "balancer-kill"]).Order(),
            FaultsOf(new SharedStorage()).Order());
        Assert.Equal(WithoutLinkOrStandby(FaultList.Default), FaultList.Choose([], new Standalone()));
        Assert.Equal(
            "partition changes nothing in the topology standalone: no node has another node to be cut off from. "
                + "It takes --topology cluster, shared-storage or shovel.",
            Assert.Throws<LabException>(() => FaultList.Choose(["kill", "partition"], new Standalone())).Message);
    }

    [Fact]
    public void Where_one_broken_broker_ends_all_service_a_drill_does_not_wait_for_messages_before_it_heals()
    {
        Assert.Equal(["balancer-kill"], Stopping(new Cluster()));
        Assert.Equal(
            FaultList.All
                .Where(static fault => fault.Target is FaultTarget.Node && fault is not (Partition or HandOver or KillBroker or Move))
                .Select(static fault => fault.Name)
                .Append("balancer-kill"),
            Stopping(new Standalone()));

        static IEnumerable<string> Stopping(Topology topology) =>
            FaultList.For(LabOf(topology), "q").Where(static fault => fault.StopsEverybody).Select(static fault => fault.Name);
    }

    [Fact]
    public async Task Each_program_enters_where_the_topology_says()
    {
        var lab = LabOf(new Apart());
        var target = new LabTarget(lab, TimeProvider.System);

        var (producer, consumer) = (UriOf(EventWriter.Producer), UriOf(EventWriter.Consumer));

        Assert.Equal($"amqp://{lab.Balancer}", producer);
        Assert.Equal($"amqp://{await lab.FindAddressAsync("rabbit2", TestContext.Current.CancellationToken)}", consumer);
        Assert.NotEqual(producer, consumer);
        Assert.Equal($"{lab.Balancer} (producers) and 127.0.0.1:5682 (consumers)", target.Address);
        Assert.False(lab.Topology.ServesWithOneBroken);

        string? UriOf(string program) => target.EnvironmentOf(program)[ConnectionOptions.UriVariable];
    }

    [Fact]
    public async Task What_has_no_Compose_file_does_not_come_up_as_something_else_in_containers()
    {
        var lab = new LabCluster(new ComposeClusterOptions { StateDirectory = Path.Combine(Path.GetTempPath(), "no-such-lab"), Topology = new Pair() });
        var failure = await Assert.ThrowsAsync<LabException>(() => lab.PrepareAsync(progress: null, TestContext.Current.CancellationToken));
        Assert.Equal("The topology pair has no Compose file, so that it cannot run in containers. Start it with --engine native.", failure.Message);
    }

    [Theory, MemberData(nameof(Names))]
    public void Its_plans_do_what_can_be_done_to_parts_that_it_has(string name)
    {
        var topology = TopologyList.Find(name)!;

        Assert.Distinct(PlanList.For(topology).Select(static plan => plan.Name));
        Assert.All(PlanList.For(topology).SelectMany(static plan => plan.Steps), step =>
        {
            var fault = FaultList.Find(step.Fault)!;
            Assert.Null(fault.FindObstacle(topology));
            Assert.Equal(fault.Target is FaultTarget.Node, step.Node is not null || step.NodeOf is not null);
            Assert.True(step.NodeOf is null or PlanStep.Consumer || (step.NodeOf is PlanStep.Shovel && topology.Shovels is not []));
            Assert.True(step.NodeOf is null || step.Node is null);
            Assert.Contains(step.Node ?? topology.BrokerNames[0], topology.BrokerNames);
        });
    }

    [Fact]
    public void The_balancer_of_a_warren_has_each_option_that_its_comments_give_a_reason_for()
    {
        var file = File.ReadAllLines(Path.Combine(Root, new Warren().BalancerFiles[^1]));
        var primaries = file.Where(static line => line.TrimStart().StartsWith("server primary", StringComparison.Ordinal)).ToList();
        var checking = primaries.Where(static line => !line.Contains(" track ", StringComparison.Ordinal)).ToList();

        Assert.Equal((5, 2), (primaries.Count, checking.Count));
        Assert.All(primaries, static line => Assert.Contains(" on-marked-up shutdown-backup-sessions", line, StringComparison.Ordinal));
        Assert.All(checking, static line => Assert.Contains(" rise 5 observe layer4 error-limit 1 on-error mark-down ", line, StringComparison.Ordinal));
        Assert.All(
            file.Where(static line => line.TrimStart().StartsWith("server standby", StringComparison.Ordinal)),
            static line => Assert.EndsWith(" backup", line, StringComparison.Ordinal));
        Assert.All(
            ["# rise 5: ", "# observe … on-error mark-down: ", "# on-marked-up means "],
            reason => Assert.Contains(file, line => line.StartsWith(reason, StringComparison.Ordinal)));
    }

    [Fact]
    public void Only_a_topology_with_a_standby_can_hand_over() => Assert.Equal(
        "hand-over changes nothing in the topology cluster: there is no standby to hand a node over to. It takes --topology warren.",
        Assert.Throws<LabException>(() => FaultList.Choose(["hand-over"], new Cluster())).Message);

    [Fact]
    public void Ports_are_those_of_the_brokers_that_there_are() => Assert.Equal(
        new NativePorts().All(new Cluster()).Where(static port => !port.Purpose.EndsWith('2') && !port.Purpose.EndsWith('3')),
        new NativePorts().All(new Standalone()));

    [Fact]
    public void The_page_on_how_to_add_one_shows_a_topology_that_is_compiled()
    {
        var page = File.ReadAllText(Path.Combine(Root, "docs", "adding-a-topology.md"));
        var examples = Path.Combine(Root, "tests", "ClusterTest.Lab.Tests", "Examples");

        Assert.Contains($"```csharp\n{File.ReadAllText(Path.Combine(examples, "Pair.cs"))}```\n", page, StringComparison.Ordinal);
        Assert.Contains($"```haproxy\n{File.ReadAllText(Path.Combine(examples, "pair.cfg"))}```\n", page, StringComparison.Ordinal);
    }

    // Those that need a cluster manager.
    private static IEnumerable<string> OfAManager =>
        FaultList.All.Where(static fault => fault is ManagerFault or KillBroker or Move).Select(static fault => fault.Name);

    private static IEnumerable<string> WithoutLinkOrStandby(IEnumerable<string> faults) =>
        faults.Except(["cut-link", "slow-link", "half-open-link", "hand-over", .. OfAManager]);

    private static IEnumerable<string> FaultsOf(Topology topology) => FaultList.For(LabOf(topology), "q").Select(static fault => fault.Name);

    private static LabCluster LabOf(Topology topology) =>
        new(new NativeClusterOptions { StateDirectory = Path.Combine(Path.GetTempPath(), "no-such-lab"), Topology = topology });

    private sealed record Grouped(string Letters) : Topology(
        "grouped", "a topology of this test", [.. Letters.Split(' ').Select(static (group, index) => new Broker($"rabbit{index + 1}", group))]);

    private sealed record Apart() : Topology("apart", "a topology of this test", new Cluster().Brokers)
    {
        public override string ConsumerEntrance => "rabbit2";
    }
}
