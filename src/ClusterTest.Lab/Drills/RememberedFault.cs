using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>A fault that is recorded in a file before it begins, and removed from the file when it is undone.</summary>
internal sealed class RememberedFault(IFault fault, UnhealedFaults unhealed) : IFault
{
    /// <inheritdoc/>
    public string Name => fault.Name;

    /// <inheritdoc/>
    public FaultTarget Target => fault.Target;

    /// <inheritdoc/>
    public bool StopsEverybody => fault.StopsEverybody;

    /// <inheritdoc/>
    public bool ChecksEffect => fault.ChecksEffect;

    /// <inheritdoc/>
    public bool TakesMessages => fault.TakesMessages;

    /// <inheritdoc/>
    public bool IsOverWhenEffective => fault.IsOverWhenEffective;

    /// <inheritdoc/>
    public bool StaysBroken => fault.StaysBroken;

    /// <inheritdoc/>
    public bool LimitsItself => fault.LimitsItself;

    /// <inheritdoc/>
    public Task InjectAsync(string? node, CancellationToken cancellationToken)
    {
        unhealed.Add(Name, node, StaysBroken);
        return fault.InjectAsync(node, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HealAsync(string? node, CancellationToken cancellationToken)
    {
        await fault.HealAsync(node, cancellationToken);
        unhealed.Remove(known => (known.Fault, known.Node) == (Name, node));
    }
}
