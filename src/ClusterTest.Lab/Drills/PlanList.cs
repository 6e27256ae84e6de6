using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Drills;

/// <summary>The plans that <c>drill --plan</c> knows, besides the faults one after the other.</summary>
internal static class PlanList
{
    /// <summary>All plans, in order.</summary>
    internal static IReadOnlyList<Plan> All { get; } =
    [
        new(
            new Warren().Name,
            "failback",
            "break the primary in three ways, once more while clients move back, the standby while it serves, and the balancer",
            [
                Step<Kill>(0, Warren.Primary, 5),
                Step<Kill>(1, Warren.Primary, 3), // begins as soon as the first is healed: while clients move back
                Step<StopApp>(30, Warren.Primary, 5),
                Step<Freeze>(60, Warren.Primary, 5),
                Step<Kill>(90, Warren.Primary, 25),
                Step<Kill>(95, Warren.Backup, 5),
                Step<BalancerRestart>(150, node: null, 2),
            ]),
        new(
            new Warren().Name,
            "upgrade",
            "move the clients and the messages of the primary to the standby, as for a new version, and back",
            [Step<HandOver>(0, Warren.Primary, 10)]),
        new(
            new SharedStorage().Name,
            "failover",
            "kill, freeze and cut off the host that is active, cut both off from each other, kill the broker alone, and move it by hand",
            [
                Step<Kill>(0, node: null, 30) with { NodeOf = PlanStep.Consumer },
                Step<Freeze>(60, node: null, 30) with { NodeOf = PlanStep.Consumer },
                Step<Partition>(120, node: null, 30) with { NodeOf = PlanStep.Consumer },
                Step<Split>(170, node: null, 10),
                Step<KillBroker>(200, node: null, 20) with { NodeOf = PlanStep.Consumer },
                Step<Move>(240, node: null, 10) with { NodeOf = PlanStep.Consumer },
            ]),
        new(
            new SharedStorage().Name,
            "no-power-switch",
            "kill the host that is active while its power switch is dead: nothing may be started before the switch is back",
            [
                Step<SwitchOff>(0, node: null, 40),
                Step<Kill>(5, node: null, 75) with { NodeOf = PlanStep.Consumer },
            ]),
        new(
            new SharedStorage().Name,
            "no-fencing",
            "freeze the host that is active, and let it go on, while fencing is off: two brokers run on the same data, which the drill must see",
            [
                Step<FencingOff>(0, node: null, 45),
                Step<Freeze>(5, node: null, 30) with { NodeOf = PlanStep.Consumer },
            ]),
        new(
            new Shovel().Name,
            "backlog",
            "cut the link for a minute, break both sites while what has waited is carried, break the link without a word, and kill the Shovel's node",
            [
                Step<CutLink>(0, node: null, 60),
                Step<SlowLink>(61, node: null, 25), // so that the backlog is still being carried when b1 restarts
                Step<Restart>(66, Shovel.ConsumersNode, 2),
                Step<HalfOpenLink>(105, node: null, 20),
                Step<Kill>(127, node: null, 5) with { NodeOf = PlanStep.Shovel },
                Step<Kill>(145, Shovel.ConsumersNode, 10),
                Step<CutLink>(180, node: null, 20),
                Step<SlowLink>(201, node: null, 15),
                Step<Restart>(203, Shovel.OtherProducersNode, 2),
            ]),
    ];

    /// <summary>The plans for a topology.</summary>
    internal static IReadOnlyList<Plan> For(Topology topology) => [.. All.Where(plan => plan.Topology == topology.Name)];

    private static PlanStep Step<TFault>(int at, string? node, int hold)
        where TFault : Fault, new() => new(TimeSpan.FromSeconds(at), new TFault().Name, node, TimeSpan.FromSeconds(hold));
}
