using System.Globalization;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>Moving clients and messages from a node to the standby and back while all nodes run, as for a new version.</content>
public sealed partial class LabCluster
{
    private const string Drained = "DRAIN";

    /// <summary>
    /// Hands a node over to the standby: the balancer drains it, the Shovels are turned around for every queue that the node keeps, and the clients are moved.
    /// Does what is missing to a node of which a part was done before.
    /// </summary>
    /// <remarks>
    /// The Shovels must not carry in both directions at a time: the messages would go round in circles. The balancer is told first, so that a hand-over that is
    /// cut short can be seen.
    /// </remarks>
    internal async Task HandOverAsync(string node, CancellationToken cancellationToken)
    {
        var (source, standby) = (NodeNamed(node), NodeNamed(Topology.Standby!));
        var ackModes = await ReadAckModesAsync(source, standby, cancellationToken);
        await TellBalancerAsync(node, BalancerStatistics.Drain, cancellationToken);
        await EndShovelsAsync(standby, cancellationToken);
        await TellBalancerAsync(node, BalancerStatistics.Shutdown, cancellationToken);
        await SetShovelsAsync([new ShovelRoute(source.Group, standby.Name)], source, standby, ackModes, cancellationToken);
    }

    /// <summary>Undoes <see cref="HandOverAsync"/>. Does nothing to a node that is not handed over.</summary>
    internal async Task HandBackAsync(string node, CancellationToken cancellationToken)
    {
        if (Topology.Standby is not { } name || name == node || !await HasTurnedAsync(node, cancellationToken))
        {
            return;
        }

        var (source, standby) = (NodeNamed(node), NodeNamed(name));
        var ackModes = await ReadAckModesAsync(source, standby, cancellationToken);
        await EndShovelsAsync(source, cancellationToken);
        await TellBalancerAsync(node, BalancerStatistics.Ready, cancellationToken);
        await TellBalancerAsync(standby.Name, BalancerStatistics.Shutdown, cancellationToken);
        await SetShovelsAsync(Topology.Shovels, standby, source, ackModes, cancellationToken);
    }

    /// <summary>Why a node cannot be handed over, as a sentence; null if it can.</summary>
    internal async Task<string?> FindHandOverObstacleAsync(string node, CancellationToken cancellationToken)
    {
        var standby = Topology.Standby!;
        if (node == standby)
        {
            return $"{node} is the standby: there is no other node to hand it over to.";
        }

        var state = await StateOfAsync(standby, cancellationToken);
        var servers = await ReadStatisticsAsync(cancellationToken);
        var alien = (await ListQueuesAsync(NodeNamed(node), cancellationToken))
            .FirstOrDefault(static queue => queue is { IsKept: true, Type: not (ShovelDefinition.Quorum or ShovelDefinition.Classic) });
        return state is not NodeState.Running ? $"{standby} is {state.ToWords()} and could not take over. Run ./lab heal first."
            : servers is null ? "The balancer does not answer. Run ./lab heal first."
            : servers.GetValueOrDefault(standby) is not { IsUp: true } ? $"The balancer does not see {standby} as up, so it would hand clients to nobody."
            : alien is not null ? $"The queue {alien.Name} is of the type {alien.Type}, which a Shovel does not empty."
            : null;
    }

    /// <summary>Whether the balancer gives a node no new clients, because it was told so.</summary>
    internal async Task<bool> IsHandedOverAsync(string node, CancellationToken cancellationToken) =>
        Topology.Standby is not null
        && await ReadStatisticsAsync(cancellationToken) is { } servers
        && servers.GetValueOrDefault(node)?.Status.StartsWith(Drained, StringComparison.Ordinal) is true;

    /// <summary>
    /// What a node that is being handed over still has: a client of the balancer, a message in any queue, or a queue whose Shovel does not run. Null if it has
    /// nothing left.
    /// </summary>
    internal async Task<string?> FindRemainsAsync(string node, CancellationToken cancellationToken)
    {
        if ((await ReadStatisticsAsync(cancellationToken))?.GetValueOrDefault(node) is not { } server)
        {
            return "clients of which the balancer says nothing";
        }

        if (server.Sessions > 0)
        {
            return $"{server.Sessions} client sessions";
        }

        var queues = await ListQueuesAsync(NodeNamed(node), cancellationToken);
        var shovels = ShovelReport.Parse(await CtlOrFailAsync(node, ShovelReport.Command, cancellationToken));
        var running = shovels.Where(static shovel => shovel.State is "running").Select(static shovel => shovel.Queue).ToHashSet();
        return queues.FirstOrDefault(static queue => queue.Messages is not 0) is { } filled
            ? $"{filled.Messages?.ToString("N0", CultureInfo.InvariantCulture) ?? "unknown"} messages in {filled.Name}"
            : queues.FirstOrDefault(queue => queue.IsKept && !running.Contains(queue.Name)) is { } waiting
            ? $"the queue {waiting.Name}, whose Shovel does not run"
            : null;
    }

    // A balancer that was restarted meanwhile has forgotten that the node was handed over; the Shovels still show it.
    private async Task<bool> HasTurnedAsync(string node, CancellationToken cancellationToken) =>
        await IsHandedOverAsync(node, cancellationToken)
        || (await FindShovelsAsync(cancellationToken)).Any(shovel => shovel.Source == node && shovel.Destination == Topology.Standby);

    // How the Shovels of both nodes acknowledge, by the names of their queues: a drill may have set that. Each queue has a Shovel on one of the two.
    private async Task<IReadOnlyDictionary<string, string>> ReadAckModesAsync(Broker one, Broker other, CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(ReadDefinitionsAsync(one, cancellationToken), ReadDefinitionsAsync(other, cancellationToken));
        return read.SelectMany(static definitions => definitions)
            .GroupBy(static shovel => shovel.Key)
            .ToDictionary(static shovel => shovel.Key, static shovel => ShovelDefinition.AckModeIn(shovel.First().Value));
    }

    private async Task EndShovelsAsync(Broker source, CancellationToken cancellationToken)
    {
        foreach (var queue in (await ReadDefinitionsAsync(source, cancellationToken)).Keys)
        {
            _ = await CtlOrFailAsync(source.Name, ShovelDefinition.Removal(queue), cancellationToken);
        }
    }

    // A Shovel for the programs' queue, for every queue that had one, and for every queue that the source keeps, with the type that the queue has.
    private async Task SetShovelsAsync(
        IReadOnlyList<ShovelRoute> routes, Broker source, Broker other, IReadOnlyDictionary<string, string> ackModes, CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(ListQueuesAsync(source, cancellationToken), ListQueuesAsync(other, cancellationToken));
        foreach (var name in lists[0].Where(static queue => queue.IsKept).Select(static queue => queue.Name).Union(ackModes.Keys).Union([ProgramsQueue]))
        {
            var type = lists.SelectMany(static list => list).FirstOrDefault(queue => queue.Name == name)?.Type ?? ShovelDefinition.Quorum;
            var definition = new ShovelDefinition(name, type, ackModes.GetValueOrDefault(name, ShovelDefinition.OnConfirm));
            foreach (var route in routes)
            {
                await SetShovelAsync(route, definition, cancellationToken);
            }
        }
    }

    private Task TellBalancerAsync(string node, string action, CancellationToken cancellationToken) =>
        BalancerStatistics.TellAsync(_engine.Ports.Statistics, node, action, Secrets?.StatisticsLogin, cancellationToken);
}
