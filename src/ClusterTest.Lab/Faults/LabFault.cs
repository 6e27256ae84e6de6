using ClusterTest.Lab.Labs;

namespace ClusterTest.Lab.Faults;

/// <summary>A fault of <see cref="FaultList"/>, bound to one lab and one queue, for a drill.</summary>
internal sealed class LabFault(Fault fault, LabCluster lab, string queue) : IFault
{
    /// <inheritdoc/>
    public string Name => fault.Name;

    /// <inheritdoc/>
    public FaultTarget Target => fault.Target;

    /// <inheritdoc/>
    public bool StopsEverybody => fault.StopsEverybody || (Target is FaultTarget.Node && !lab.Topology.ServesWithOneBroken);

    /// <inheritdoc/>
    public bool TakesMessages => fault.TakesMessages;

    /// <inheritdoc/>
    public bool ChecksEffect => true;

    /// <inheritdoc/>
    public bool IsOverWhenEffective => fault.IsOverWhenEffective;

    /// <inheritdoc/>
    public bool StaysBroken => false;

    /// <inheritdoc/>
    public bool LimitsItself => true;

    /// <inheritdoc/>
    public Task InjectAsync(string? node, CancellationToken cancellationToken) => fault.InjectAsync(lab, TargetFor(node), cancellationToken);

    /// <inheritdoc/>
    public Task HealAsync(string? node, CancellationToken cancellationToken) => fault.HealAsync(lab, TargetFor(node), cancellationToken);

    private string TargetFor(string? node) => Target switch
    {
        FaultTarget.Node => node ?? throw new ArgumentNullException(nameof(node), $"{Name} is done to a node."),
        FaultTarget.Queue => queue,
        FaultTarget.Link => LabCluster.LinkRole,
        FaultTarget.Manager => LabCluster.ManagerRole,
        _ => LabCluster.BalancerRole,
    };
}
