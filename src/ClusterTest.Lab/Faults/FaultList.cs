using ClusterTest.Lab.Labs;

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

    /// <summary>The names of those of a drill that names none.</summary>
    internal static IReadOnlyList<string> Default { get; } = [.. All.Where(static fault => !fault.HasToBeNamed).Select(static fault => fault.Name)];

    /// <summary>The names of those that the demo shows.</summary>
    internal static IReadOnlyList<string> Demo { get; } = [.. All.Where(static fault => fault is StopApp or Kill).Select(static fault => fault.Name)];

    /// <summary>The fault of that name; null if there is none.</summary>
    public static Fault? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);

    /// <summary>All of them for a lab, in order.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="queue">The queue that a fault of a queue is done to, in the virtual host <c>/</c>.</param>
    public static IReadOnlyList<IFault> For(LabCluster lab, string queue) => [.. All.Select(fault => new LabFault(fault, lab, queue))];
}
