using ClusterTest.Events;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>Plans the faults of a soak: at random, and overlapping.</summary>
internal static class SoakPlan
{
    // A healed node still has to start and to catch up. For this long it counts as broken.
    internal static readonly TimeSpan Convalescence = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(6);

    /// <summary>Makes the plan. Pure: the same arguments give the same plan.</summary>
    /// <param name="faults">The faults to choose from.</param>
    /// <param name="nodes">The nodes to choose from.</param>
    /// <param name="time">The time after which no fault begins.</param>
    /// <param name="most">How many nodes may be broken at the same time.</param>
    /// <param name="seed">The seed of the random numbers.</param>
    internal static IReadOnlyList<PlannedFault> Create(
        IReadOnlyList<IFault> faults, IReadOnlyList<string> nodes, TimeSpan time, int most, int seed)
    {
#pragma warning disable CA5394 // The same seed must give the same numbers; they protect nothing.
        var random = new Random(seed);
        var plan = new List<PlannedFault>();
        for (var at = TimeSpan.Zero; at < time; at += random.NextDouble() * LongestPause)
        {
            // All random numbers are drawn before a fault is left out, so that leaving it out does not change the later faults.
            var fault = faults[random.Next(faults.Count)];
            var node = fault.Target is FaultTarget.Node ? nodes[random.Next(nodes.Count)] : null;
            var hold = random.NextDouble() * LongestHold;
            var broken = plan
                .Where(planned => planned.Node is not null && planned.At + planned.Hold + Convalescence > at)
                .Select(static planned => planned.Node)
                .ToHashSet();
            if (IsPossible(fault, node, broken, most))
            {
                plan.Add(new PlannedFault(plan.Count + 1, fault.Name, node, at, hold));
            }
        }
#pragma warning restore CA5394

        return plan;
    }

    /// <summary>Whether a fault is possible: a broken node is not broken again, and a queue can be deleted only while no node is broken.</summary>
    private static bool IsPossible(IFault fault, string? node, HashSet<string?> broken, int most) => node is null
        ? broken.Count is 0 || fault.Target is not FaultTarget.Queue
        : broken.Count < most && !broken.Contains(node);
}
