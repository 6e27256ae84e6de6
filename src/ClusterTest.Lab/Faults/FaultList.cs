using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Faults;

/// <summary>The faults that the lab knows: commands, plans and help come from here.</summary>
public static class FaultList
{
    /// <summary>All faults, in order.</summary>
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
        new CutLink(),
        new SlowLink(),
        new HalfOpenLink(),
        new KillBroker(),
        new Move(),
        new Split(),
        new SwitchOff(),
        new FencingOff(),
        new WrongName(),
        new WrongOwner(),
        new DamageMetadata(),
        new DamageMessages(),
        new Partition(),
        new HandOver(),
    ];

    /// <summary>The names of all faults, in order.</summary>
    internal static IReadOnlyList<string> Names { get; } = [.. All.Select(static fault => fault.Name)];

    /// <summary>The names of the faults that a drill does if none is named, on a topology that can suffer all of them.</summary>
    internal static IReadOnlyList<string> Default { get; } = [.. All.Where(static fault => !fault.HasToBeNamed).Select(static fault => fault.Name)];

    /// <summary>The names of the faults that a drill does on a topology.</summary>
    /// <param name="named">The faults that the user named; if empty, the drill does those of <see cref="Default"/> that the topology can suffer.</param>
    /// <param name="topology">The topology.</param>
    /// <exception cref="LabException">The topology cannot suffer one of the named faults.</exception>
    internal static IReadOnlyList<string> Choose(IReadOnlyList<string> named, Topology topology)
    {
        foreach (var fault in named.Select(Find))
        {
            fault?.RequirePossible(topology);
        }

        return named is [] ? [.. Default.Where(name => Find(name)!.FindObstacle(topology) is null)] : named;
    }

    /// <summary>The names of the faults that the demo shows.</summary>
    internal static IReadOnlyList<string> Demo { get; } = [.. All.Where(static fault => fault is StopApp or Kill).Select(static fault => fault.Name)];

    /// <summary>The names of the faults that topologies are compared by: the three ways in which a node ends.</summary>
    internal static IReadOnlyList<string> Compared { get; } = [new Kill().Name, new StopApp().Name, new Freeze().Name];

    /// <summary>The fault of that name; null if there is none.</summary>
    public static Fault? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);

    /// <summary>The faults that a lab can suffer, in order.</summary>
    /// <param name="lab">The lab.</param>
    /// <param name="queue">The queue, in the virtual host <c>/</c>, that faults of a queue are done to.</param>
    public static IReadOnlyList<IFault> For(LabCluster lab, string queue) =>
        [.. All.Where(fault => fault.FindObstacle(lab.Topology) is null).Select(fault => new LabFault(fault, lab, queue))];
}
