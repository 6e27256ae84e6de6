using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Views;

namespace ClusterTest.Lab.Commands;

/// <summary>What a command works with.</summary>
/// <param name="Labs">The labs that the command line can refer to.</param>
/// <param name="Time">The clock.</param>
internal sealed record CommandScope(LabChoice Labs, TimeProvider Time)
{
    /// <summary>Writes each step as a line to standard output.</summary>
    internal LineProgress Lines { get; } = new(Console.Out);

    /// <summary>Runs drills at this terminal.</summary>
    internal DrillHost Host => new(LabConsole.Open(), Lines, Time);

    /// <summary>Runs a drill on the lab.</summary>
    internal async Task<int> DrillAsync(DrillOptions drill, CancellationToken cancellationToken)
    {
        var cluster = await Labs.ChooseAsync(Lines, cancellationToken);
        foreach (var node in drill.Nodes)
        {
            cluster.RequireNode(node);
        }

        using var held = DrillLock.Take(cluster.StateDirectory);
        return await Host.RunOnLabAsync(cluster, drill with { Faults = FaultList.Choose(drill.Faults, cluster.Topology) }, cancellationToken);
    }
}
