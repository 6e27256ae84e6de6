using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>The faults that the lab knows: commands, plans and help come from here.</summary>
public static class FaultList
{
    /// <summary>Every one of them, in order.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new StopApp(),
        new Kill(),
        new Freeze(),
        new Drain(),
        new Restart(),
        new CloseConnections(),
        new DeleteQueue(),
        new BalancerRestart(),
        new BalancerKill(),
        new Partition(),
    ];

    /// <summary>The names of all, in order.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(static fault => fault.Name)];

    /// <summary>The names of those of a drill that names none, on a topology that can suffer all of them.</summary>
    internal static IReadOnlyList<string> Default { get; } = [.. All.Where(static fault => !fault.HasToBeNamed).Select(static fault => fault.Name)];

    /// <summary>The names of those of a drill that names none, on a topology.</summary>
    internal static IReadOnlyList<string> DefaultFor(Topology topology) => [.. Default.Where(name => Find(name)!.FindObstacle(topology) is null)];

    /// <summary>The names of those that the demo shows.</summary>
    internal static IReadOnlyList<string> Demo { get; } = [.. All.Where(static fault => fault is StopApp or Kill).Select(static fault => fault.Name)];

    /// <summary>The fault of that name; null if there is none.</summary>
    public static Fault? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);

    /// <summary>Those that a lab can suffer, in order.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="queue">The queue that a fault of a queue is done to, in the virtual host <c>/</c>.</param>
    public static IReadOnlyList<IFault> For(LabCluster lab, string queue) =>
        [.. All.Where(fault => fault.FindObstacle(lab.Topology) is null).Select(fault => new LabFault(fault, lab, queue))];
}
