using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>Faults with times, which may overlap: what <c>drill --plan</c> does.</summary>
/// <param name="Topology">The name of the topology that the plan is for.</param>
/// <param name="Name">The plan's name on the command line.</param>
/// <param name="Help">The plan's description for <c>--help</c>: a phrase without a full stop.</param>
/// <param name="Steps">The faults, in the order of their times.</param>
internal sealed record Plan(string Topology, string Name, string Help, IReadOnlyList<PlanStep> Steps);

/// <summary>A fault of a <see cref="Plan"/>.</summary>
/// <param name="At">When the fault begins, counted from the beginning of the plan. A fault of a part waits until the part's earlier fault is healed.</param>
/// <param name="Fault">The fault's name.</param>
/// <param name="Node">The node that the fault is done to; null if it is not done to a node.</param>
/// <param name="Hold">The shortest time that the fault lasts.</param>
internal sealed record PlanStep(TimeSpan At, string Fault, string? Node, TimeSpan Hold)
{
    /// <summary>The role of the node that the run's Shovel is on.</summary>
    internal const string Shovel = "shovel";

    /// <summary>The role of the node that the run's consumer is connected to.</summary>
    internal const string Consumer = "consumer";

    /// <summary>As in <see cref="PlannedFault.NodeOf"/>: <see cref="Shovel"/> or <see cref="Consumer"/>.</summary>
    internal string? NodeOf { get; init; }
}
