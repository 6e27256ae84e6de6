using System.CommandLine;
using ClusterTest.Lab.Commands;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

public sealed class DrillSyntaxTests
{
    private readonly DrillSyntax _syntax = new();
    private readonly Command _drill = new("drill");
    private readonly Command _soak = new("soak");
    private readonly Command _compare = new("compare");

    public DrillSyntaxTests()
    {
        _syntax.AddToDrill(_drill);
        _syntax.AddToSoak(_soak);
        _syntax.AddToComparison(_compare);
    }

    [Fact]
    public void A_drill_injects_every_fault_but_a_partition_once_unless_something_else_is_written()
    {
        var options = _syntax.BindDrill(_drill.Parse([]));

        Assert.Equal(
            ["stop-app", "kill", "freeze", "drain", "restart", "close-connections", "delete-queue", "balancer-restart"],
            FaultList.Choose(options.Faults, TopologyList.Default));
        Assert.Equal((1, 200d, null), (options.Rounds, options.Rate, options.MaxOutage));
        Assert.Equal([new Variant("", 1, QueueType.Quorum)], options.Variants);
    }

    [Fact]
    public void What_is_written_counts()
    {
        var options = _syntax.BindDrill(_drill.Parse(
            [
                "--faults", "kill,partition", "--rounds", "3", "--rate", "50", "--sessions", "2", "--queue-type", "classic",
                "--seed", "9", "--hold", "1s", "--max-outage", "500ms", "--fault-timeout", "10s",
            ]));

        Assert.Equal(["kill", "partition"], options.Faults);
        Assert.Equal((3, 50d, 9), (options.Rounds, options.Rate, options.Seed));
        Assert.Equal([new Variant("", 2, QueueType.Classic)], options.Variants);
        Assert.Equal((1, 0.5, 10), (options.Hold.TotalSeconds, options.MaxOutage!.Value.TotalSeconds, options.FaultTimeout.TotalSeconds));
    }

    [Fact]
    public void Without_a_seed_each_run_has_another() =>
        Assert.NotEqual(1, Enumerable.Range(0, 10).Select(_ => _syntax.BindDrill(_drill.Parse([])).Seed).Distinct().Count());

    [Fact]
    public void A_soak_lasts_ten_minutes_and_leaves_a_majority_unless_something_else_is_written()
    {
        var options = _syntax.BindSoak(_soak.Parse([]));

        Assert.Equal((DrillKind.Soak, TimeSpan.FromMinutes(10), false), (options.Kind, options.Time, options.AllowMajorityLoss));
        Assert.Equal(
            FaultList.Default.Except(["cut-link", "slow-link", "half-open-link", "kill-broker", "move"]),
            FaultList.Choose(options.Faults, TopologyList.Default));
    }

    [Fact]
    public void A_comparison_breaks_the_node_of_the_consumer_in_three_ways_and_mends_it_after_five_seconds_unless_something_else_is_written()
    {
        var options = _syntax.BindComparison(_compare.Parse([]), Contender.All, isByName: false);

        Assert.Equal(["kill", "stop-app", "freeze"], options.Faults);
        Assert.Equal((1, 5, true, false), (options.Rounds, options.Hold.TotalSeconds, options.AtConsumer, options.HealsWhenMessagesFlow));
        Assert.Equal(Contender.All.Select(static contender => contender.Name), options.Variants.Select(static variant => variant.Name));
        Assert.All(options.Variants, static variant => Assert.True(variant.MayBeSkipped));

        options = _syntax.BindComparison(
            _compare.Parse(["--faults", "freeze", "--rounds", "2", "--rate", "50", "--sessions", "2", "--hold", "1s"]), [Contender.All[1]], isByName: true);

        var only = Assert.Single(options.Variants);
        Assert.Equal(["freeze"], options.Faults);
        Assert.Equal((2, 50d, 1), (options.Rounds, options.Rate, options.Hold.TotalSeconds));
        Assert.Equal(("cluster-classic", 2, QueueType.Classic, false), (only.Name, only.Sessions, only.QueueType, only.MayBeSkipped));
        Assert.Equal("cluster-classic", options.Compare);
    }

    [Fact]
    public void A_plan_has_its_own_faults_and_times()
    {
        Assert.Equal("upgrade", _syntax.BindDrill(_drill.Parse(["--plan", "upgrade", "--rate", "50"])).PlanName);
        Assert.Empty(_drill.Parse(["--plan", "upgrade", "--rate", "50", "--sessions", "2", "--ack-mode", "no-ack"]).Errors);
        new ForeignSyntax().AddTo(_drill);
        Assert.Equal(
            ["--uri: a plan is for the lab's own nodes; leave out --uri or --plan."],
            _drill.Parse(["--plan", "upgrade", "--uri", "amqp://localhost"]).Errors.Select(static error => error.Message));
        Assert.All([("--faults", "kill"), ("--rounds", "2"), ("--hold", "1s"), ("--seed", "3"), ("--nodes", "primary")], option => Assert.Equal(
            [$"{option.Item1}: a plan has its own faults, nodes and times; leave out {option.Item1} or --plan."],
            _drill.Parse(["--plan", "upgrade", option.Item1, option.Item2]).Errors.Select(static error => error.Message)));
    }

    [Fact]
    public void A_Shovel_acknowledges_when_the_destination_has_confirmed_unless_something_else_is_written()
    {
        Assert.Equal("on-confirm", Assert.Single(_syntax.BindDrill(_drill.Parse([])).Variants).AckMode);
        Assert.Equal("no-ack", Assert.Single(_syntax.BindDrill(_drill.Parse(["--ack-mode", "no-ack"])).Variants).AckMode);
        Assert.Equal(
            ["on-publish", "no-ack"],
            _syntax.BindDrill(_drill.Parse(["--compare", "ack-mode=on-publish,no-ack"])).Variants.Select(static variant => variant.AckMode));
    }

    [Fact]
    public void Clients_stand_in_for_our_programs_in_drills_soaks_and_comparisons()
    {
        string[] written = ["--client", "python3 mine.py", "--client-producer", "./theirs"];
        Client[] clients = [new("--client", "consumer", "python3 mine.py"), new("--client-producer", "producer", "./theirs")];

        Assert.Equal(clients, _syntax.BindDrill(_drill.Parse(written)).Clients);
        Assert.Equal(clients, _syntax.BindSoak(_soak.Parse(written)).Clients);
        Assert.Equal(clients, _syntax.BindComparison(_compare.Parse(written), Contender.All, isByName: false).Clients);
        Assert.Equal(clients[1..], _syntax.BindDrill(_drill.Parse(written[2..])).Clients);
        Assert.Empty(_syntax.BindDrill(_drill.Parse([])).Clients);
    }

    [Theory]
    [InlineData("--client", " ", "--client: name the command that starts the client, as in --client 'python3 client.py'.")]
    [InlineData("--ack-mode", "never", "--ack-mode: 'never' is not one of on-confirm, on-publish, no-ack.")]
    [InlineData("--faults", "kil", "there is no fault kil; there are stop-app, kill,")]
    [InlineData("--faults", ",", "name at least one of stop-app, kill,")]
    [InlineData("--compare", "sessions=1", "write sessions=1,2")]
    [InlineData("--rounds", "0", "allowed is 1 to 10000")]
    [InlineData("--max-outage", "fast", "write it like 500ms")]
    public void What_cannot_be_understood_is_refused(string option, string value, string reason) =>
        Assert.Contains(_drill.Parse([option, value]).Errors, error => error.Message.Contains(reason, StringComparison.Ordinal));
}
