using ClusterTest.Events;

namespace ClusterTest.Lab.Drills;

/// <summary>The progress of one fault while the drill runs.</summary>
/// <param name="Id">The fault's number, from 1.</param>
/// <param name="Fault">The fault's name.</param>
/// <param name="Node">The node that the fault is done to; null if it is not done to a single node.</param>
/// <param name="Role">The queue's leader and the clients that were on the node.</param>
/// <param name="Step">The fault's last step: one of <see cref="FaultStep"/>.</param>
/// <param name="Checked">As in <see cref="FaultEvent"/>.</param>
/// <param name="Outage">The consumer's longest silence up to the last step; null before the second step.</param>
internal sealed record FaultProgress(int Id, string Fault, string? Node, string? Role, string Step, bool? Checked, TimeSpan? Outage);
