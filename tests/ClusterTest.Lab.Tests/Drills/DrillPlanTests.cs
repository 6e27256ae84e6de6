using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class DrillPlanTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(2);
    private static readonly string[] Nodes = ["rabbit1", "rabbit2", "rabbit3"];
    private static readonly IFault[] Faults = [new NamedFault("kill"), new NamedFault("delete-queue", FaultTarget.Queue)];

    [Fact]
    public void Every_node_takes_its_turn_in_each_round_and_what_concerns_no_node_comes_once()
    {
        var plan = DrillPlan.Create(Faults, Nodes, rounds: 2, Hold, seed: 1);

        Assert.Equal(Enumerable.Range(1, 8), plan.Select(planned => planned.Id));
        Assert.Equal(["kill", "kill", "kill", "delete-queue", "kill", "kill", "kill", "delete-queue"], plan.Select(planned => planned.Fault));
        Assert.Equal(Nodes, plan.Take(3).Select(planned => planned.Node).Order());
        Assert.Null(plan[3].Node);
        Assert.All(plan, planned => Assert.Equal(Hold, planned.Hold));
    }

    [Fact]
    public void The_same_seed_gives_the_same_plan_and_another_one_another_order()
    {
        var plans = Enumerable.Range(0, 20).Select(seed => DrillPlan.Create(Faults, Nodes, rounds: 3, Hold, seed)).ToList();

        Assert.Equal(plans[7], DrillPlan.Create(Faults, Nodes, rounds: 3, Hold, seed: 7));
        Assert.NotEqual(1, plans.Select(plan => string.Join(' ', plan.Select(planned => planned.Node))).Distinct().Count());
    }

    [Fact]
    public void Without_nodes_to_choose_from_each_fault_comes_once()
    {
        var plan = DrillPlan.Create(Faults, [], rounds: 1, Hold, seed: 1);

        Assert.Equal([("kill", null), ("delete-queue", (string?)null)], plan.Select(planned => (planned.Fault, planned.Node)));
    }

    [Fact]
    public void The_steps_of_a_plan_keep_their_order_times_and_nodes()
    {
        var plan = DrillPlan.Create(
        [
            new PlanStep(TimeSpan.Zero, "kill", "rabbit1", Hold),
            new PlanStep(TimeSpan.FromSeconds(9), "balancer-restart", Node: null, TimeSpan.Zero) { NodeOf = "shovel" },
        ]);

        Assert.Equal(
            [
                new(1, "kill", "rabbit1", TimeSpan.Zero, Hold),
                new PlannedFault(2, "balancer-restart", Node: null, TimeSpan.FromSeconds(9), TimeSpan.Zero) { NodeOf = "shovel" },
            ],
            plan);
    }
}
