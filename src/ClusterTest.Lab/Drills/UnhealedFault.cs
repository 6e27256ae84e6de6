namespace ClusterTest.Lab.Drills;

/// <summary>A fault that was begun on the user's cluster, and that the lab does not know to be undone.</summary>
/// <param name="Fault">The fault's name.</param>
/// <param name="Node">The node that the fault was done to; null if it was not done to a single node.</param>
/// <param name="Since">When the fault was begun.</param>
/// <param name="StaysBroken">Whether the drill had no way to undo the fault.</param>
internal sealed record UnhealedFault(string Fault, string? Node, DateTimeOffset Since, bool StaysBroken)
{
    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{(Node is null ? Fault : $"{Fault} {Node}")} (since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z)");
}
