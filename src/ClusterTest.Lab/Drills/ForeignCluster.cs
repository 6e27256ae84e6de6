using ClusterTest.Cli;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>The user's description of a cluster that the lab does not run.</summary>
/// <param name="Uri">The address of the cluster, and the login.</param>
/// <param name="Nodes">The names to put in place of <c>{node}</c>; empty if no command contains it.</param>
/// <param name="Faults">The faults to do; empty if the user breaks the cluster by hand.</param>
/// <param name="Recovery">How the faults are undone.</param>
internal sealed record ForeignCluster(AmqpUri Uri, IReadOnlyList<string> Nodes, IReadOnlyList<IFault> Faults, CommandRecovery Recovery);
