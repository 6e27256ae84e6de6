using ClusterTest.Lab.Clusters;

namespace ClusterTest.Lab.Faults;

/// <summary>A recipe applied to a cluster.</summary>
internal sealed class LabFault(FaultRecipe recipe, ICluster cluster, string queue) : IFault
{
    /// <inheritdoc/>
    public string Name => recipe.Name;

    /// <inheritdoc/>
    public bool ConcernsNode => recipe.Target is FaultTarget.Node;

    /// <inheritdoc/>
    public bool StopsEverybody => recipe.StopsEverybody;

    /// <inheritdoc/>
    public bool TakesMessages => recipe.TakesMessages;

    /// <inheritdoc/>
    public bool ChecksEffect => true;

    /// <inheritdoc/>
    public bool StaysBroken => false;

    /// <inheritdoc/>
    public bool LimitsItself => true;

    /// <inheritdoc/>
    public Task InjectAsync(string? node, CancellationToken cancellationToken) => recipe.Inject(cluster, TargetFor(node), cancellationToken);

    /// <inheritdoc/>
    public Task HealAsync(string? node, CancellationToken cancellationToken) => recipe.Heal(cluster, TargetFor(node), cancellationToken);

    private string TargetFor(string? node) => recipe.Target switch
    {
        FaultTarget.Node => node ?? throw new ArgumentNullException(nameof(node), $"{Name} is done to a node."),
        FaultTarget.Queue => queue,
        _ => "",
    };
}
