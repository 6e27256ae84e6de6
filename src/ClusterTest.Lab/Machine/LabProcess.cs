namespace ClusterTest.Lab.Machine;

/// <summary>A process that carries a lab's mark.</summary>
/// <param name="Id">Its process id.</param>
/// <param name="Role">What it is a part of: a node's name, <c>balancer</c>, <c>epmd</c> …</param>
/// <param name="Name">The kernel's short name of it, such as <c>beam.smp</c>.</param>
/// <param name="IsStopped">Whether a SIGSTOP holds it.</param>
public sealed record LabProcess(int Id, string Role, string Name, bool IsStopped);
