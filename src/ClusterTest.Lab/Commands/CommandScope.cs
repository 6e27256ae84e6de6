using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;
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

        if (cluster.Topology.Shovels is [] && drill.Variants.Any(static variant => variant.AckMode is not ShovelDefinition.OnConfirm))
        {
            throw new LabException($"The topology {cluster.Topology.Name} has no Shovel, so an ack mode changes nothing. Leave it out.");
        }

        var planned = PlannedOn(cluster.Topology, drill);
        await cluster.RequireStartableAsync(Lines, cancellationToken);
        using var held = DrillLock.Take(cluster.StateDirectory);
        return await Host.RunOnLabAsync(cluster, planned, cancellationToken);
    }

    private static DrillOptions PlannedOn(Topology topology, DrillOptions drill)
    {
        if (drill.PlanName is not { } name)
        {
            return drill with { Faults = FaultList.Choose(drill.Faults, topology) };
        }

        var plan = PlanList.For(topology).FirstOrDefault(plan => plan.Name == name) ?? throw NoPlan(topology, name);
        return drill with { Steps = plan.Steps, Faults = [.. plan.Steps.Select(static step => step.Fault).Distinct()] };
    }

    private static LabException NoPlan(Topology topology, string name)
    {
        var plans = PlanList.For(topology);
        var having = TopologyList.Having(other => PlanList.For(other).Any(plan => plan.Name == name));
        return new LabException(
            $"The topology {topology.Name} has no plan {name}"
            + (plans is [] ? ", nor any other." : $". It has {string.Join(", ", plans.Select(static plan => plan.Name))}.")
            + (having.Length > 0 ? $" It takes --topology {having}."
                : plans is [] ? $" The plans are {string.Join(", ", PlanList.All.Select(static known => $"{known.Name} (--topology {known.Topology})"))}."
                : ""));
    }
}
