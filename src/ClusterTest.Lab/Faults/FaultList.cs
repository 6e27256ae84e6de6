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

    /// <summary>The names of those that a drill does on a topology.</summary>
    /// <param name="named">Those that were asked for; if none was, it does all of <see cref="Default"/> that change anything there.</param>
    /// <param name="topology">The topology.</param>
    /// <exception cref="LabException">One of them changes nothing there.</exception>
    internal static IReadOnlyList<string> Choose(IReadOnlyList<string> named, Topology topology)
    {
        foreach (var fault in named.Select(Find))
        {
            fault?.RequirePossible(topology);
        }

        return named is [] ? [.. Default.Where(name => Find(name)!.FindObstacle(topology) is null)] : named;
    }

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
