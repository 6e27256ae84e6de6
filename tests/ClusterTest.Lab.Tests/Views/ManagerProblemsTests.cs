using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Labs;
using Xunit;

namespace ClusterTest.Lab.Tests.Views;

public sealed class ManagerProblemsTests
{
    private const string Name = "the lab's";

    private static readonly NodeStatus[] Nodes = [Node("host1", NodeState.Running), Node("host2", NodeState.Standby)];

    private static readonly PacemakerReport Whole = new(
        "3.0.3",
        HasQuorum: true,
        IsFencing: true,
        [new("host1", IsOnline: true, IsUnclean: false), new("host2", IsOnline: true, IsUnclean: false)],
        [
            new(PacemakerReport.Address, IsFencing: false, IsStarted: true, "host1"),
            new(PacemakerReport.Broker, IsFencing: false, IsStarted: true, "host1"),
        ],
        [],
        new Dictionary<string, string?>());

    [Fact]
    public void Of_a_whole_pair_there_is_nothing_to_say() => Assert.Empty(ManagerProblems.In(Nodes, Whole, isSwitchUp: true));

    [Fact]
    public void Two_brokers_are_named_with_what_to_do() => Said(
        "Two brokers run on the same data, on host1 and on host2", nodes: [Node("host1", NodeState.Running), Node("host2", NodeState.Running)]);

    [Fact]
    public void A_broker_with_other_data_is_told_by_its_name() => Said(
        "The broker on host1 has other data than this lab's (other in place of the lab's)",
        nodes: [Node("host1", NodeState.Running) with { ClusterName = "other" }, Nodes[1]]);

    [Fact]
    public void A_broker_that_does_not_answer_may_not_have_been_missed_yet() => Said(
        "The broker on host1 does not answer, and Pacemaker has not noticed that yet.", nodes: [Node("host1", NodeState.Standby), Nodes[1]]);

    [Fact]
    public void Of_a_broker_on_a_host_that_Pacemaker_has_missed_only_the_host_is_told() => Assert.DoesNotContain(
        ManagerProblems.In(
            [Node("host1", NodeState.Down), Nodes[1]],
            Whole with { Hosts = [new("host1", IsOnline: false, IsUnclean: true), Whole.Hosts[1]] },
            isSwitchUp: true),
        static said => said.Contains("not noticed", StringComparison.Ordinal));

    [Fact]
    public void No_quorum_is_said() => Said("There is no quorum", Whole with { HasQuorum = false });

    [Fact]
    public void That_fencing_is_off_is_said() => Said("Fencing is off", Whole with { IsFencing = false });

    [Fact]
    public void A_dead_power_switch_is_said() => Assert.Contains(
        ManagerProblems.In(Nodes, Whole, isSwitchUp: false), static said => said.StartsWith("The power switch is down", StringComparison.Ordinal));

    [Fact]
    public void A_fencing_that_failed_is_told_with_the_reason_and_the_way_out()
    {
        var report = Whole with
        {
            Hosts = [new("host1", IsOnline: false, IsUnclean: true), Whole.Hosts[1]],
            Fencings = new Dictionary<string, string?> { ["host1"] = "no answer within 20 s" },
        };

        Said("host1 is out of sight, and its fencing failed (no answer within 20 s): nothing of it is started elsewhere", report);
        Said("If you know that it is off, say so on the other host: stonith_admin --confirm host1.", report, [Node("host1", NodeState.Down), Nodes[1]]);
        Assert.DoesNotContain(
            ManagerProblems.In(Nodes, report, isSwitchUp: true), static said => said.Contains("--confirm", StringComparison.Ordinal)); // its broker answers
        Said("host1 is out of sight, and it has not been fenced yet", report with { Fencings = new Dictionary<string, string?>() });
    }

    [Fact]
    public void Only_a_host_without_a_process_is_called_off()
    {
        var report = Whole with { Hosts = [Whole.Hosts[0], new("host2", IsOnline: false, IsUnclean: false)] };

        Said("host2 is off", report, [Nodes[0], Node("host2", NodeState.Down)]);
        Said("host2 is no member, and may still run a broker", report, [Nodes[0], Node("host2", NodeState.Frozen)]);
    }

    [Fact]
    public void A_host_that_somebody_has_put_on_hold_is_said() => Said(
        "host2 is in standby, as Pacemaker calls it", Whole with { Hosts = [Whole.Hosts[0], Whole.Hosts[1] with { IsOnHold = true }] });

    [Fact]
    public void An_address_on_both_hosts_is_said() => Said(
        "address is on host1 and on host2 at the same time",
        Whole with { Resources = [Whole.Resources[0] with { OtherHost = "host2" }, Whole.Resources[1]] });

    [Fact]
    public void A_host_that_is_to_be_fenced_though_it_is_there_is_said() => Said(
        "host1 is to be fenced, since something on it cannot be stopped, and it has not been fenced yet",
        Whole with { Hosts = [new("host1", IsOnline: true, IsUnclean: true), Whole.Hosts[1]] });

    [Fact]
    public void Of_a_failure_that_is_over_that_is_said_too()
    {
        var report = Whole with { Failures = [new("monitor", PacemakerReport.Broker, "host1", "not running")] };

        Said("The monitor of broker on host1 failed: not running. It was started again since, and runs.", report);
        Assert.DoesNotContain(
            ManagerProblems.In(Nodes, report with { Resources = [Whole.Resources[0], Whole.Resources[1] with { IsStarted = false }] }, isSwitchUp: true),
            static said => said.Contains("runs.", StringComparison.Ordinal));
    }

    [Fact]
    public void An_outlet_that_has_not_started_is_said_once_and_only_while_both_hosts_are_there()
    {
        var report = Whole with { Resources = [.. Whole.Resources, new("power1", IsFencing: true, IsStarted: false, Host: null)] };

        Said("power1 has not started: until it has, the host at this outlet of the power switch cannot be fenced.", report);
        Assert.DoesNotContain(
            ManagerProblems.In(Nodes, report with { Failures = [new("start", "power1", "host2", "no answer")] }, isSwitchUp: true),
            static said => said.StartsWith("power1 has", StringComparison.Ordinal));
        Assert.DoesNotContain(
            ManagerProblems.In(Nodes, report with { Hosts = [Whole.Hosts[0], new("host2", IsOnline: false, IsUnclean: false)] }, isSwitchUp: true),
            static said => said.StartsWith("power1 has", StringComparison.Ordinal));
    }

    [Fact]
    public void An_address_on_no_host_and_a_broker_on_none_are_said()
    {
        Said("The virtual address is on no host", Whole with { Resources = [Whole.Resources[0] with { Host = null, IsStarted = false }, Whole.Resources[1]] });
        Said("The broker runs on no host", Whole with { Resources = [Whole.Resources[0], Whole.Resources[1] with { Host = null, IsStarted = false }] });
        Said("The broker is being started on host1", Whole with { Resources = [Whole.Resources[0], Whole.Resources[1] with { IsStarted = false }] });
    }

    [Fact]
    public void A_failed_action_is_told_with_the_words_of_its_agent() => Said(
        "The start of broker on host2 failed: eacces.", Whole with { Failures = [new("start", PacemakerReport.Broker, "host2", "eacces")] });

    private static void Said(string sentence, PacemakerReport? report = null, NodeStatus[]? nodes = null) => Assert.Contains(
        ManagerProblems.In(nodes ?? Nodes, report ?? Whole, isSwitchUp: true), said => said.Contains(sentence, StringComparison.Ordinal));

    private static NodeStatus Node(string name, NodeState state) => new(name, Address: null, state, Version: null, Balancer: null)
    {
        ClusterName = state is NodeState.Running ? Name : null,
        OwnClusterName = Name,
    };
}
