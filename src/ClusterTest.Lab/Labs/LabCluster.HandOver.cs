using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>Moving clients and messages from a node to the standby and back while all nodes run, as for a new version.</content>
public sealed partial class LabCluster
{
    private const string Drained = "DRAIN";

    /// <summary>Hands a node over to the standby: first the Shovels are turned around, then the balancer moves the clients.</summary>
    /// <remarks>The Shovels must not carry in both directions at a time: the messages would go round in circles.</remarks>
    internal async Task HandOverAsync(string node, CancellationToken cancellationToken)
    {
        var standby = NodeNamed(Topology.Standby!);
        var queues = await EndShovelsAsync(standby, cancellationToken);
        await TellBalancerAsync(node, BalancerStatistics.Drain, cancellationToken);
        await TellBalancerAsync(node, BalancerStatistics.Shutdown, cancellationToken);
        await SetShovelsAsync(new ShovelRoute(NodeNamed(node).Group, standby.Name), queues, cancellationToken);
    }

    /// <summary>Undoes <see cref="HandOverAsync"/>. Does nothing to a node that is not handed over.</summary>
    internal async Task HandBackAsync(string node, CancellationToken cancellationToken)
    {
        if (Topology.Standby is not { } name || name == node || !await HasTurnedAsync(node, cancellationToken))
        {
            return;
        }

        var standby = NodeNamed(name);
        var queues = await EndShovelsAsync(NodeNamed(node), cancellationToken);
        await TellBalancerAsync(node, BalancerStatistics.Ready, cancellationToken);
        await TellBalancerAsync(standby.Name, BalancerStatistics.Shutdown, cancellationToken);
        foreach (var route in Topology.Shovels)
        {
            await SetShovelsAsync(route, queues, cancellationToken);
        }
    }

    /// <summary>Whether the balancer gives a node no new clients, because it was told so.</summary>
    internal async Task<bool> IsHandedOverAsync(string node, CancellationToken cancellationToken) =>
        Topology.Standby is not null
        && await ReadStatisticsAsync(cancellationToken) is { } servers
        && servers.GetValueOrDefault(node)?.Status.StartsWith(Drained, StringComparison.Ordinal) is true;

    /// <summary>Whether a node that was handed over has neither a client of the balancer nor a message that a Shovel has still to carry.</summary>
    internal async Task<bool> IsEmptyAsync(string node, CancellationToken cancellationToken) =>
        await ReadStatisticsAsync(cancellationToken) is { } servers
        && servers.GetValueOrDefault(node)?.Sessions is 0
        && (await FindShovelsAsync(cancellationToken)).Where(shovel => shovel.Source == node).All(static shovel => shovel is { State: "running", Backlog: 0 });

    // A balancer that was restarted meanwhile has forgotten that the node was handed over; the Shovels still show it.
    private async Task<bool> HasTurnedAsync(string node, CancellationToken cancellationToken) =>
        await IsHandedOverAsync(node, cancellationToken)
        || (await FindShovelsAsync(cancellationToken)).Any(shovel => shovel.Source == node && shovel.Destination == Topology.Standby);

    // The Shovels of the programs' and of a drill's queue, with the type that the queue has.
    private async Task<IReadOnlyList<QueueList>> EndShovelsAsync(Broker source, CancellationToken cancellationToken)
    {
        var shovels = (await FindShovelsAsync(cancellationToken)).Where(shovel => shovel.Source == source.Name).Select(static shovel => shovel.Queue).ToList();
        var queues = QueueList.Parse(await CtlOrFailAsync(source.Name, QueueList.Command, cancellationToken));
        foreach (var queue in shovels)
        {
            _ = await CtlOrFailAsync(source.Name, ShovelDefinition.Removal(queue), cancellationToken);
        }

        return [.. queues.Where(queue => shovels.Contains(queue.Name))];
    }

    private async Task SetShovelsAsync(ShovelRoute route, IReadOnlyList<QueueList> queues, CancellationToken cancellationToken)
    {
        foreach (var queue in queues)
        {
            await SetShovelAsync(route, new ShovelDefinition(queue.Name, queue.Type), cancellationToken);
        }
    }

    private Task TellBalancerAsync(string node, string action, CancellationToken cancellationToken) =>
        BalancerStatistics.TellAsync(_engine.Ports.Statistics, node, action, Secrets?.StatisticsLogin, cancellationToken);
}
