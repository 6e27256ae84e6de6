using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>A fault while the drill runs.</summary>
/// <param name="Id">Its number, from 1.</param>
/// <param name="Fault">Its name.</param>
/// <param name="Node">The node; null if it concerns no single one.</param>
/// <param name="Role">What was on the node.</param>
/// <param name="Step">How far it has come: one of <see cref="FaultStep"/>.</param>
/// <param name="Checked">As in <see cref="FaultEvent"/>.</param>
/// <param name="Outage">The consumer's longest silence up to that step; null before the second one.</param>
internal sealed record FaultProgress(int Id, string Fault, string? Node, string? Role, string Step, bool? Checked, TimeSpan? Outage);
