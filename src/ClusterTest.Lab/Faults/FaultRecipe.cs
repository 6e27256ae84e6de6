using ClusterTest.Lab.Clusters;

namespace ClusterTest.Lab.Faults;

/// <summary>How a fault is done to any cluster, and undone.</summary>
/// <param name="Name">As in <c>lab fault NAME</c>.</param>
/// <param name="Target">What it is done to.</param>
/// <param name="Description">What it does and what clients notice, for <c>--help</c>.</param>
/// <param name="Aftermath">How things are then, as the end of a sentence that begins with the target.</param>
/// <param name="Inject">Does it.</param>
/// <param name="Heal">Undoes it.</param>
internal sealed record FaultRecipe(
    string Name, FaultTarget Target, string Description, string Aftermath, FaultRecipe.Step Inject, FaultRecipe.Step Heal)
{
    /// <summary>Works on a cluster. The target is a node's or a queue's name; it is empty if there is but one thing that can be meant.</summary>
    internal delegate Task Step(ICluster cluster, string target, CancellationToken cancellationToken);

    /// <summary>As in <see cref="IFault.StopsEverybody"/>.</summary>
    internal bool StopsEverybody { get; init; }

    /// <summary>As in <see cref="IFault.TakesMessages"/>.</summary>
    internal bool TakesMessages { get; init; }

    /// <summary>A fault of a node, which healing the node undoes.</summary>
    internal static FaultRecipe OfNode(NodeFault fault, string name, string description, string aftermath) => new(
        name,
        FaultTarget.Node,
        description,
        aftermath,
        (cluster, node, cancellationToken) => cluster.InjectAsync(node, fault, cancellationToken),
        static (cluster, node, cancellationToken) => cluster.HealNodeAsync(node, cancellationToken));
}
