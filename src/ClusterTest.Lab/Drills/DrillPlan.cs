using ClusterTest.Events;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>Plans the order of the faults in a drill.</summary>
internal static class DrillPlan
{
    /// <summary>
    /// Plans one fault after the other. Each round has every fault in the given order, and for each fault every node in turn, in an order that the seed
    /// decides. Without nodes, each fault comes once a round, and the run chooses the node. Pure: the same arguments give the same plan.
    /// </summary>
    internal static IReadOnlyList<PlannedFault> Create(IReadOnlyList<IFault> faults, IReadOnlyList<string> nodes, int rounds, TimeSpan hold, int seed)
    {
#pragma warning disable CA5394 // The same seed must give the same numbers; they protect nothing.
        var random = new Random(seed);
        var turns =
            from round in Enumerable.Range(0, rounds)
            from fault in faults
            from node in fault.Target is FaultTarget.Node && nodes.Count > 0 ? random.GetItemsInRandomOrder(nodes) : [null]
            select (fault.Name, node);
#pragma warning restore CA5394
        return [.. turns.Index().Select(turn => new PlannedFault(turn.Index + 1, turn.Item.Name, turn.Item.node, At: null, hold))];
    }

    /// <summary>Plans the steps of a plan that a topology has.</summary>
    internal static IReadOnlyList<PlannedFault> Create(IReadOnlyList<PlanStep> steps) =>
    [
        .. steps.Index().Select(static step => new PlannedFault(step.Index + 1, step.Item.Fault, step.Item.Node, step.Item.At, step.Item.Hold)
        {
            NodeOf = step.Item.NodeOf,
        }),
    ];

    private static string?[] GetItemsInRandomOrder(this Random random, IReadOnlyList<string> items)
    {
        string?[] shuffled = [.. items];
#pragma warning disable CA5394 // As above.
        random.Shuffle(shuffled);
#pragma warning restore CA5394
        return shuffled;
    }
}
