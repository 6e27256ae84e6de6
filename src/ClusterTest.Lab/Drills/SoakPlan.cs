using ClusterTest.Events;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>Which fault comes when in a soak: at random, and overlapping.</summary>
internal static class SoakPlan
{
    // A node that is healed still has to start and to catch up. So long it is not counted on.
    internal static readonly TimeSpan Convalescence = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(6);

    /// <summary>Pure: the same arguments give the same plan.</summary>
    /// <param name="faults">What may be done.</param>
    /// <param name="nodes">To whom.</param>
    /// <param name="time">How long. No fault begins later.</param>
    /// <param name="most">How many nodes may be broken at the same time.</param>
    /// <param name="seed">What chance is made of.</param>
    internal static IReadOnlyList<PlannedFault> Create(
        IReadOnlyList<IFault> faults, IReadOnlyList<string> nodes, TimeSpan time, int most, int seed)
    {
#pragma warning disable CA5394 // It must be the same for the same seed; it guards nothing.
        var random = new Random(seed);
        var plan = new List<PlannedFault>();
        for (var at = TimeSpan.Zero; at < time; at += random.NextDouble() * LongestPause)
        {
            // All chances are taken before any is given up, so that what is skipped here does not change what comes later.
            var fault = faults[random.Next(faults.Count)];
            var node = fault.Target is FaultTarget.Node ? nodes[random.Next(nodes.Count)] : null;
            var hold = random.NextDouble() * LongestHold;
            var broken = plan.Where(planned => planned.Node is not null && planned.At + planned.Hold + Convalescence > at).Select(static planned => planned.Node).ToHashSet();
            if (IsPossible(fault, node, broken, most))
            {
                plan.Add(new PlannedFault(plan.Count + 1, fault.Name, node, at, hold));
            }
        }
#pragma warning restore CA5394

        return plan;
    }

    /// <summary>Nobody breaks a node that is broken already; a queue can be deleted only while all its nodes are well.</summary>
    private static bool IsPossible(IFault fault, string? node, HashSet<string?> broken, int most) => node is null
        ? broken.Count is 0 || fault.Target is not FaultTarget.Queue
        : broken.Count < most && !broken.Contains(node);
}
