namespace ClusterTest.Lab.Machine;

/// <summary>A process that carries a lab's mark.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Role">The role of the process in the lab: a node's name, <c>balancer</c>, <c>epmd</c> …</param>
/// <param name="Name">The kernel's short name of the program, such as <c>beam.smp</c>.</param>
/// <param name="IsStopped">Whether the process is stopped by a SIGSTOP.</param>
public sealed record LabProcess(int Id, string Role, string Name, bool IsStopped);
