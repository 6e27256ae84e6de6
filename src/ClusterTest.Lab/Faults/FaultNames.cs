namespace ClusterTest.Lab.Faults;

/// <summary>Names of the lab's faults, where one of them is meant.</summary>
internal static class FaultNames
{
    internal const string StopApp = "stop-app";
    internal const string Kill = "kill";
    internal const string DeleteQueue = "delete-queue";
    internal const string BalancerRestart = "balancer-restart";

    internal const string BalancerKill = "balancer-kill";

    private const string Partition = "partition";

    /// <summary>All of them, in order.</summary>
    internal static IReadOnlyList<string> All { get; } = [.. LabFaults.Recipes.Select(static recipe => recipe.Name)];

    /// <summary>
    /// Those of a drill that names none. A partition is not meant to be survived by everything, such as a classic queue's messages,
    /// and the end of the only balancer by nobody, until it is healed.
    /// </summary>
    internal static IReadOnlyList<string> Default { get; } = [.. All.Where(static name => name is not (Partition or BalancerKill))];
}
