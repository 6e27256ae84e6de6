using ClusterTest.Events;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>Which fault comes when in a drill.</summary>
internal static class DrillPlan
{
    /// <summary>
    /// One after the other: in each round every fault in the order given, and every node takes its turn, in an order that the seed
    /// decides; without nodes to choose from, each fault comes once, and who breaks decides where. Pure: the same arguments give the same plan.
    /// </summary>
    internal static IReadOnlyList<PlannedFault> Create(IReadOnlyList<IFault> faults, IReadOnlyList<string> nodes, int rounds, TimeSpan hold, int seed)
    {
#pragma warning disable CA5394 // It must be the same for the same seed; it guards nothing.
        var random = new Random(seed);
        var turns =
            from round in Enumerable.Range(0, rounds)
            from fault in faults
            from node in fault.Target is FaultTarget.Node && nodes.Count > 0 ? random.GetItemsInRandomOrder(nodes) : [null]
            select (fault.Name, node);
#pragma warning restore CA5394
        return [.. turns.Index().Select(turn => new PlannedFault(turn.Index + 1, turn.Item.Name, turn.Item.node, At: null, hold))];
    }

    private static string?[] GetItemsInRandomOrder(this Random random, IReadOnlyList<string> items)
    {
        string?[] shuffled = [.. items];
#pragma warning disable CA5394 // As above.
        random.Shuffle(shuffled);
#pragma warning restore CA5394
        return shuffled;
    }
}
