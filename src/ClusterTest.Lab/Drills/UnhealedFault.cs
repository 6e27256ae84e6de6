namespace ClusterTest.Lab.Drills;

/// <summary>A fault of a user's cluster that was begun, and is not known to have been undone.</summary>
/// <param name="Fault">Its name.</param>
/// <param name="Node">The node that it was done to; null if it concerns no single one.</param>
/// <param name="Since">When it was begun.</param>
/// <param name="StaysBroken">Whether the drill had no way to undo it.</param>
internal sealed record UnhealedFault(string Fault, string? Node, DateTimeOffset Since, bool StaysBroken)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{(Node is null ? Fault : $"{Fault} {Node}")} (since {Since.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z)");
}
