using System.Text.Json.Nodes;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>The Shovels, which carry the messages of a queue from one group to another.</content>
public sealed partial class LabCluster
{
    /// <summary>The queue of the two programs, if their users name no other. Its messages are carried while the lab is up.</summary>
    internal const string ProgramsQueue = "cluster_test";

    /// <summary>The address that clients connect to at a part: at the balancer, or at a node of <see cref="Topology.OwnEntrances"/>.</summary>
    internal AmqpAddress EntranceOf(string part) => part is BalancerRole ? Balancer : _engine.EntranceOf(part);

    /// <summary>
    /// The lab's Shovels, and how many messages each of them has still to carry. A route on which nothing carries the programs' queue has a line, too.
    /// </summary>
    /// <exception cref="LabException">No node runs that can be asked.</exception>
    public async Task<IReadOnlyList<ShovelStatus>> LookAtShovelsAsync(CancellationToken cancellationToken = default)
    {
        if (Topology.Shovels is [])
        {
            return [];
        }

        var asked = await FindRunningAsync(cancellationToken);
        var found = await FindShovelsAsync(asked, cancellationToken);
        return [.. found, .. Topology.Shovels.Select(route => FindMissing(route, asked, found)).OfType<ShovelStatus>()];
    }

    /// <summary>The Shovels of the groups of which a node runs.</summary>
    /// <exception cref="LabException">No node runs that can be asked.</exception>
    internal async Task<IReadOnlyList<ShovelStatus>> FindShovelsAsync(CancellationToken cancellationToken) =>
        Topology.Shovels is [] ? [] : await FindShovelsAsync(await FindRunningAsync(cancellationToken), cancellationToken);

    /// <summary>The node that the Shovel of a queue runs on; null if it runs on none, or there is none.</summary>
    internal async Task<string?> FindShovelNodeAsync(string queue, CancellationToken cancellationToken)
    {
        if (Topology.Shovels is [])
        {
            return null;
        }

        var asked = (await FindRunningAsync(cancellationToken)).Where(node => RouteFrom(node) is not null);
        var said = await Task.WhenAll(asked.Select(node => _engine.ExecAsync(node.Name, BrokerTool.Ctl, ShovelReport.Command, cancellationToken)));
        return said.SelectMany(static result => ShovelReport.Parse(result.Output)).FirstOrDefault(shovel => shovel.Queue == queue)?.Node;
    }

    /// <summary>Sets a Shovel on every route of the topology. Does nothing if the topology has none.</summary>
    /// <exception cref="LabException">The plugin is not enabled, or no node of the source runs.</exception>
    internal async Task SetShovelsAsync(ShovelDefinition definition, CancellationToken cancellationToken)
    {
        foreach (var route in Topology.Shovels)
        {
            await SetShovelAsync(route, definition, cancellationToken);
        }
    }

    /// <summary>
    /// Sets the Shovel of the programs' queue again where it is gone, as a hand-over leaves it that was cut short, or is not as the lab sets it. Gives a
    /// Shovel to whatever else is left on the standby.
    /// </summary>
    private async Task RepairShovelsAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        foreach (var route in Topology.Shovels)
        {
            var source = await FindRunningInAsync(route.Source, cancellationToken);
            var destination = await FindDestinationAsync(route, cancellationToken);
            var queues = await ListQueuesAsync(source, cancellationToken);
            var set = await ReadDefinitionsAsync(source, cancellationToken);
            var left = queues.Where(queue => source.Name == Topology.Standby && queue is { IsKept: true, Messages: > 0 } && !set.ContainsKey(queue.Name));
            foreach (var name in left.Select(static queue => queue.Name).Append(ProgramsQueue).Distinct())
            {
                var wanted = new ShovelDefinition(name, queues.FirstOrDefault(queue => queue.Name == name)?.Type ?? ShovelDefinition.Quorum);
                var found = set.GetValueOrDefault(name);
                if (found is null || !wanted.Is(found, destination))
                {
                    progress?.Report($"  the Shovel of {name} is {(found is null ? "gone" : "not as the lab sets it")}: setting it again");
                    await SetShovelAsync(route, wanted, cancellationToken);
                }
            }
        }
    }

    /// <summary>Removes the Shovels of a queue, on whichever route they are.</summary>
    internal async Task RemoveShovelsAsync(string queue, CancellationToken cancellationToken)
    {
        foreach (var shovel in (await FindShovelsAsync(cancellationToken)).Where(shovel => shovel.Queue == queue))
        {
            _ = await CtlOrFailAsync(shovel.Source, ShovelDefinition.Removal(queue), cancellationToken);
        }
    }

    private async Task SetShovelAsync(ShovelRoute route, ShovelDefinition definition, CancellationToken cancellationToken)
    {
        var source = await FindRunningInAsync(route.Source, cancellationToken);
        var destination = await FindDestinationAsync(route, cancellationToken);
        var set = await _engine.ExecAsync(source.Name, BrokerTool.Ctl, definition.Setting(destination), cancellationToken);
        if (set.ExitCode is not 0)
        {
            var said = (set.Error + set.Output).Trim();
            throw new LabException(said.Contains("component shovel not found", StringComparison.Ordinal)
                ? $"{source.Name} cannot run a Shovel: the plugin {ShovelRoute.Plugin} is not enabled there. Enable it with rabbitmq-plugins enable."
                : $"The Shovel of {definition.Queue} cannot be set on {source.Name}: {said}");
        }
    }

    private async Task<Broker> FindRunningInAsync(string group, CancellationToken cancellationToken) =>
        (await FindStartedAsync(cancellationToken)).FirstOrDefault(node => node.Group == group)
        ?? throw new LabException($"No node of {group} runs, and its Shovel can be set on no other. Run ./lab heal first.");

    private async Task<AmqpAddress> FindDestinationAsync(ShovelRoute route, CancellationToken cancellationToken) => route.IsOverLink
        ? new AmqpAddress(await _engine.FindHostAsync(cancellationToken), _engine.Ports.Link)
        : _engine.InnerAddressOf(route.Destination);

    private async Task<IReadOnlyList<QueueList>> ListQueuesAsync(Broker asked, CancellationToken cancellationToken) =>
        QueueList.Parse(await CtlOrFailAsync(asked.Name, QueueList.Command, cancellationToken));

    private async Task<IReadOnlyDictionary<string, JsonNode>> ReadDefinitionsAsync(Broker asked, CancellationToken cancellationToken) =>
        ShovelDefinition.Parse(await CtlOrFailAsync(asked.Name, ShovelDefinition.Reading, cancellationToken));

    // A Shovel that goes the other way was turned around by a hand-over.
    private ShovelStatus? FindMissing(ShovelRoute route, IReadOnlyList<Broker> asked, IReadOnlyList<ShovelStatus> found)
    {
        if (found.Any(shovel => shovel.Source == route.Destination && shovel.Queue is ProgramsQueue))
        {
            return null;
        }

        var group = Topology.Groups.First(group => group[0].Group == route.Source);
        return asked.FirstOrDefault(node => node.Group == route.Source) is not { } source
            ? Row(group[0].Name, "unknown", $"{(group.Count is 1 ? $"{group[0].Name} does not run" : $"No node of {route.Source} runs")}: "
                + $"nothing is carried from there to {route.Destination}, and how much waits is unknown. ./lab heal starts what is down.")
            : found.Any(shovel => shovel.Source == source.Name && shovel.Queue is ProgramsQueue)
            ? null
            : Row(source.Name, "missing", $"No Shovel carries {ProgramsQueue} from {source.Name} to {route.Destination}; ./lab heal sets it.");

        ShovelStatus Row(string from, string state, string problem) => new(ProgramsQueue, from, route.Destination, Node: null, state, Backlog: null, problem);
    }

    private async Task<IReadOnlyList<ShovelStatus>> FindShovelsAsync(IReadOnlyList<Broker> asked, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(asked.Select(node => ListQueuesAsync(node, cancellationToken)));
        var queues = asked.Zip(lists).ToDictionary(static pair => pair.First.Group, static pair => pair.Second);
        return [.. (await Task.WhenAll(asked.Select(node => FindShovelsAsync(node, queues, cancellationToken)))).SelectMany(static found => found)];
    }

    private async Task<IReadOnlyList<ShovelStatus>> FindShovelsAsync(
        Broker asked, Dictionary<string, IReadOnlyList<QueueList>> queues, CancellationToken cancellationToken)
    {
        if (RouteFrom(asked) is not { } route)
        {
            return [];
        }

        var said = await _engine.ExecAsync(asked.Name, BrokerTool.Ctl, ShovelReport.Command, cancellationToken);
        if (said.ExitCode is not 0)
        {
            throw new LabException($"{asked.Name} does not say how its Shovels are. Is the plugin {ShovelRoute.Plugin} enabled? {said.Error.Trim()}");
        }

        return await Task.WhenAll(ShovelReport.Parse(said.Output).Select(async shovel =>
        {
            var source = QueueAt(asked.Group, shovel.Queue);
            var problem = shovel.State is "running"
                ? FindProblem(shovel.Queue, asked.Name, source, route.Destination, QueueAt(NodeNamed(route.Destination).Group, shovel.Queue))
                : await FindProblemAsync(asked, shovel.Queue, route.Destination, cancellationToken);
            return new ShovelStatus(shovel.Queue, asked.Name, route.Destination, shovel.Node, shovel.State, source?.Messages, problem);
        }));

        QueueList? QueueAt(string group, string name) => queues.GetValueOrDefault(group)?.FirstOrDefault(queue => queue.Name == name);
    }

    // A Shovel takes a queue of either type as it is, and declares a classic one where there is none and it was told no type.
    private static string? FindProblem(string name, string sourceNode, QueueList? source, string destinationNode, QueueList? destination) =>
        source is not null && destination is not null && source.Type != destination.Type
            ? $"The queue {name} is {source.Type} on {sourceNode} and {destination.Type} on {destinationNode}: "
                + "a client that declares it as one type is refused where it has the other (406)."
            : null;

    private async Task<string?> FindProblemAsync(Broker asked, string queue, string destination, CancellationToken cancellationToken)
    {
        var tried = await _engine.ExecAsync(asked.Name, BrokerTool.Ctl, ShovelReport.TryCommand(queue), cancellationToken);
        return ShovelReport.WhyNot(tried.ExitCode is 0 ? tried.Output : tried.Error, destination);
    }

    // A Shovel that was turned around goes from the node that was handed over to the standby.
    private ShovelRoute? RouteFrom(Broker asked) =>
        Topology.Shovels.FirstOrDefault(route => route.Source == asked.Group)
        ?? (Topology.Standby is { } standby ? new ShovelRoute(asked.Group, standby) : null);
}
