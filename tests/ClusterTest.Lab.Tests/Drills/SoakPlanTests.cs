using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using CsCheck;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class SoakPlanTests
{
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(10);
    private static readonly string[] Nodes = ["rabbit1", "rabbit2", "rabbit3"];

    private static readonly IFault[] Faults =
    [
        new NamedFault("kill"),
        new NamedFault("freeze"),
        new NamedFault("delete-queue", FaultTarget.Queue),
        new NamedFault("balancer-restart", FaultTarget.Balancer),
    ];

    [Fact]
    public void The_same_seed_gives_the_same_plan() =>
        Gen.Int[0, int.MaxValue].Sample(seed => Assert.Equal(Create(seed), Create(seed)));

    [Fact]
    public void Another_seed_gives_another_plan() => Assert.NotEqual(Create(1), Create(2));

    [Fact]
    public void A_majority_is_never_broken_unless_that_is_allowed() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var plan = Create(seed);

        Assert.All(plan, planned => Assert.True(NodesBrokenAt(plan, planned.At!.Value).Count <= 1));
    });

    [Fact]
    public void With_leave_a_majority_is_broken_too() =>
        Assert.Contains(Create(1, allowMajorityLoss: true), planned => NodesBrokenAt(Create(1, allowMajorityLoss: true), planned.At!.Value).Count > 1);

    [Fact]
    public void Nobody_breaks_a_node_that_is_broken_already() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var plan = Create(seed, allowMajorityLoss: true);

        Assert.All(plan, planned =>
        {
            var broken = NodesBrokenAt(plan, planned.At!.Value);
            Assert.Equal(broken.Distinct(), broken);
        });
    });

    [Fact]
    public void A_queue_is_deleted_only_while_all_nodes_are_well() => Gen.Int[0, int.MaxValue].Sample(seed =>
    {
        var plan = Create(seed);

        Assert.All(plan.Where(planned => planned.Fault is "delete-queue"), planned => Assert.Empty(NodesBrokenAt(plan, planned.At!.Value)));
    });

    [Fact]
    public void Faults_overlap_and_all_kinds_come_and_every_node_takes_its_turn()
    {
        var plan = Create(3);

        Assert.Contains(plan, planned => planned.Node is null && NodesBrokenAt(plan, planned.At!.Value).Count > 0);
        Assert.Equal(Faults.Select(fault => fault.Name).Order(), plan.Select(planned => planned.Fault).Distinct().Order());
        Assert.Equal(Nodes, plan.Select(planned => planned.Node).OfType<string>().Distinct().Order());
        Assert.All(plan, planned => Assert.True(planned.At < Time));
    }

    private static IReadOnlyList<PlannedFault> Create(int seed, bool allowMajorityLoss = false) =>
        SoakPlan.Create(Faults, Nodes, Time, allowMajorityLoss ? Nodes.Length : 1, seed);

    private static List<string> NodesBrokenAt(IReadOnlyList<PlannedFault> plan, TimeSpan at) =>
    [
        .. plan
            .Where(planned => planned.Node is not null && planned.At <= at && at < planned.At + planned.Hold + SoakPlan.Convalescence)
            .Select(planned => planned.Node!),
    ];
}
