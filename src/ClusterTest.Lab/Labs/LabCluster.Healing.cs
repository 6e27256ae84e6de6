using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>Undoing faults.</content>
public sealed partial class LabCluster
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>Undoes every fault; returns when the cluster is whole again, as the nodes and the balancer see it.</summary>
    /// <exception cref="LabException">
    /// The cluster is not up, it cannot be healed, or another command is starting, ending or healing a part of it.
    /// </exception>
    public async Task HealAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        using var exclusive = TakeLock();
        await RequireUpAsync(cancellationToken);
        await _engine.RepairAsync(cancellationToken);
        if (Topology.IsManaged)
        {
            await HealPairAsync(progress, cancellationToken);
            return;
        }

        await RepairBalancerAsync(progress, cancellationToken);
        await RepairLinkAsync(progress, cancellationToken);
        var strayed = await Task.WhenAll(Nodes.Select(node => RepairAsync(node, progress, cancellationToken)));
        var known = Nodes.Where((_, index) => strayed[index]).ToHashSet();
        foreach (var group in Topology.Groups)
        {
            if (!await IsOneClusterAsync(group, cancellationToken))
            {
                await RejoinAsync(group.Any(known.Contains) ? group.Where(known.Contains) : group.Skip(1), progress, cancellationToken);
                await RequireOneClusterAsync(group, cancellationToken);
            }
        }

        foreach (var node in Nodes)
        {
            await HandBackAsync(node.Name, cancellationToken);
        }

        await RepairShovelsAsync(progress, cancellationToken);
        await WaitForBalancerAsync(Nodes, cancellationToken);
    }

    /// <summary>
    /// Undoes the faults of a node, also a fault that was cut short, and leaves the other nodes as they are. Returns when the node is in one
    /// cluster with the running nodes and the balancer sees it as up. Does nothing to a node that is whole.
    /// </summary>
    /// <exception cref="LabException">The node cannot be healed alone; or the cluster is not up.</exception>
    public async Task HealNodeAsync(string node, CancellationToken cancellationToken = default)
    {
        var healed = NodeNamed(node);
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireUpAsync(cancellationToken);
        await _engine.RepairAsync(cancellationToken);
        if (Topology.IsManaged)
        {
            await RepairHostAsync(healed, progress: null, cancellationToken);
            await WaitForServiceAsync(cancellationToken);
            await RepairHostAsync(healed, progress: null, cancellationToken); // if it was fenced although it had come back
            return;
        }

        if (await RepairInCompanyAsync(healed, cancellationToken))
        {
            var answering = await FindAnsweringAsync(cancellationToken);
            IReadOnlyList<Broker> running = [healed, .. Topology.PeersOf(node).Where(answering.Contains)];
            if (!await IsOneClusterAsync(running, cancellationToken))
            {
                await RejoinAsync([healed], progress: null, cancellationToken);
                await RequireOneClusterAsync(running, cancellationToken);
            }
        }

        await HandBackAsync(node, cancellationToken);
        await WaitForBalancerAsync([healed], cancellationToken);
    }

    /// <summary>Starts the balancer if it does not run; returns when it sees every running node as up.</summary>
    public async Task HealBalancerAsync(CancellationToken cancellationToken = default)
    {
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireUpAsync(cancellationToken);
        await RepairBalancerAsync(progress: null, cancellationToken);
        await WaitForBalancerAsync(await FindAnsweringAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Fails unless the nodes of each group report the same cluster, and the first of them sees the others in it.</summary>
    /// <exception cref="LabException">The nodes of a group are not in one cluster, or the lab is not up.</exception>
    public async Task RequireOneClusterAsync(CancellationToken cancellationToken = default)
    {
        await RequireUpAsync(cancellationToken);
        if ((await GetStatusAsync(cancellationToken)).StraysInWords is { Length: > 0 } strays)
        {
            throw new LabException($"{strays} Start the lab anew with ./lab down and ./lab up.");
        }

        foreach (var group in Topology.IsManaged ? [] : Topology.Groups)
        {
            await RequireOneClusterAsync(group, cancellationToken);
        }
    }

    private async Task RepairBalancerAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(BalancerRole, cancellationToken);
        await EndIfMarkedAsync(BalancerRole, progress, cancellationToken);
        if ((await FindPartsAsync(cancellationToken))[BalancerRole].State is PartState.Down)
        {
            progress?.Report($"  {BalancerRole} is down: starting it again");
            await StartBalancerAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Repairs a node. As long as none of the other nodes runs, repairs these as well: a node that starts waits for the nodes that ended after it, or for a
    /// majority, so that the first of several nodes that are down could wait for ever.
    /// </summary>
    /// <returns>The result of <see cref="RepairAsync"/> for the node itself.</returns>
    private async Task<bool> RepairInCompanyAsync(Broker node, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var repair = RepairAsync(node, progress: null, over.Token);
        List<Task> company = [];
        try
        {
            while (await Task.WhenAny([repair, .. company, Task.Delay(LookInterval, _options.Time, over.Token)]) is var first && first != repair)
            {
                await first; // throws if the repair of another node has failed
                _ = company.RemoveAll(static task => task.IsCompletedSuccessfully);
                var others = await FindLonelyAsync(node, over.Token);
                company.AddRange(others.Select(other => RepairAsync(other, progress: null, over.Token)));
            }

            var strayed = await repair;
            await Task.WhenAll(company);
            return strayed;
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll([repair, .. company]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// The other nodes of a node's cluster, if none of them runs; without the nodes that are being repaired already or that a fault is being done to.
    /// </summary>
    private async Task<IReadOnlyList<Broker>> FindLonelyAsync(Broker node, CancellationToken cancellationToken)
    {
        var others = Topology.PeersOf(node.Name);
        var looks = await Task.WhenAll(others.Select(other => LookAtAsync(other, cancellationToken)));
        return Array.Exists(looks, static look => look.State is NodeState.Running or NodeState.Drained or NodeState.NotResponding)
            ? []
            : [.. others.Where(other => _turns[other.Name].CurrentCount > 0)];
    }

    /// <summary>Undoes one fault after the other until the node runs.</summary>
    /// <returns>Whether the other nodes did not see the node while its RabbitMQ ran on: it may have to join them again.</returns>
    private async Task<bool> RepairAsync(Broker node, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(node.Name, cancellationToken);
        await EndIfMarkedAsync(node.Name, progress, cancellationToken);
        for (var strayed = false; ;)
        {
            switch ((await LookAtAsync(node, cancellationToken)).State)
            {
                case NodeState.Running:
                    return strayed;
                case NodeState.Down:
                    progress?.Report($"  {node.Name} is down: starting it again");
                    await StartNodeAsync(node.Name, progress: null, cancellationToken);
                    break;
                case NodeState.AppStopped:
                    progress?.Report($"  {node.Name} has no RabbitMQ running: rabbitmqctl start_app");
                    _ = await CtlOrFailAsync(node.Name, ["start_app"], cancellationToken);
                    await WaitForNodeAsync(node, cancellationToken);
                    break;
                case NodeState.Drained:
                    progress?.Report($"  {node.Name} is under maintenance: rabbitmq-upgrade revive");
                    _ = await ToolOrFailAsync(BrokerTool.Upgrade, node.Name, ["revive"], cancellationToken);
                    await WaitForNodeAsync(node, cancellationToken);
                    break;
                case NodeState.CutOff:
                    progress?.Report($"  {node.Name} is cut off: ending it");
                    await KillAsync(node.Name, cancellationToken);
                    break;
                case NodeState.Frozen:
                    progress?.Report($"  {node.Name} is frozen: letting it go on");
                    await _engine.ResumeAsync(node.Name, cancellationToken);
                    strayed = true;
                    break;
                default:
                    progress?.Report($"  {node.Name} does not answer: waiting for it");
                    await _engine.ResumeAsync(node.Name, cancellationToken);
                    await WaitForNodeAsync(node, cancellationToken);
                    strayed = true;
                    break;
            }
        }
    }

    /// <summary>Ends a part that has a mark: the part is cut off, or a fault that was cut short may still be taking effect on it.</summary>
    private async Task EndIfMarkedAsync(string role, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (File.Exists(_layout.FaultMarkOf(role)))
        {
            progress?.Report($"  {role} has suffered a fault that only a new start undoes ({MarkOf(role)}): ending it");
            await KillAsync(role, cancellationToken);
            Unmark(role);
        }
    }

    /// <summary>
    /// Restarts RabbitMQ on nodes that were out of the others' sight for longer than the net tick time (a minute): such nodes do not return by themselves.
    /// RabbitMQ demands a restart of the nodes whose view of the cluster is given up, and the lab gives up the view of the nodes that were broken.
    /// </summary>
    private async Task RejoinAsync(IEnumerable<Broker> strayed, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        foreach (var node in strayed)
        {
            progress?.Report($"  {node.Name} was cut off too long to return by itself: restarting its RabbitMQ");
            _ = await CtlOrFailAsync(node.Name, ["stop_app"], cancellationToken);
            _ = await CtlOrFailAsync(node.Name, ["start_app"], cancellationToken);
            await WaitForNodeAsync(node, cancellationToken);
        }
    }

    private async Task<Membership> MembershipAsync(Broker asked, CancellationToken cancellationToken) =>
        Membership.Parse(await CtlOrFailAsync(asked.Name, Membership.Command, cancellationToken));

    private async Task<bool> IsOneClusterAsync(IReadOnlyList<Broker> nodes, CancellationToken cancellationToken) =>
        (await MembershipAsync(nodes[0], cancellationToken)).Includes(nodes.Select(static node => node.Name));

    private async Task RequireOneClusterAsync(IReadOnlyList<Broker> nodes, CancellationToken cancellationToken)
    {
        var membership = await MembershipAsync(nodes[0], cancellationToken);
        if (!membership.Includes(nodes.Select(static node => node.Name)))
        {
            throw new LabException(
                $"The nodes run but are not one cluster: {nodes[0].Name} sees only {string.Join(", ", membership.Running)}. "
                + "Start the lab anew with ./lab down and ./lab up.");
        }
    }
}
