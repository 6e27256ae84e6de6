using ClusterTest.Cli;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Drills;

/// <summary>What the user says of a cluster that the lab does not run.</summary>
/// <param name="Uri">Where it is, and as whom.</param>
/// <param name="Nodes">Names to fill into <c>{node}</c>; empty if no command has that.</param>
/// <param name="Faults">What can be done to it; empty if the user does it by hand.</param>
/// <param name="Recovery">How everything is undone.</param>
internal sealed record ForeignCluster(AmqpUri Uri, IReadOnlyList<string> Nodes, IReadOnlyList<IFault> Faults, CommandRecovery Recovery);
