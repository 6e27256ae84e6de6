using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>Up and down.</content>
public sealed partial class LabCluster
{
    /// <summary>Starts everything and returns when all nodes form one cluster and the balancer sees all of them.</summary>
    /// <exception cref="LabException">Something is missing, a port is in use, or a node does not start. Nothing is left running.</exception>
    public async Task<UpOutcome> UpAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireOwnFolder();
        await PrepareAsync(progress, cancellationToken);
        using var exclusive = ClusterLock.Take(_layout.LockFile);
        if (await IsUpAsync(cancellationToken))
        {
            RequireThisTopology();
            return _options.Secure && Secrets is null
                ? throw new LabException($"The lab in {StateDirectory} is up, and open to everyone on this machine. End it by ./lab down, then start it with --secure.")
                : UpOutcome.AlreadyUp;
        }

        if (await _engine.RemoveAsync(cancellationToken) is > 0 and var leftovers)
        {
            progress?.Report($"Ended {leftovers} leftovers of a lab that did not come up or went down half.");
        }

        RequireFreePorts();
        progress?.Report($"Starting {(Nodes.Count is 1 ? "a RabbitMQ node" : $"{Nodes.Count} RabbitMQ nodes")} and a balancer{_engine.Whereabouts}; state and logs are in {StateDirectory}");
        _layout.RemoveData();
        _layout.RemoveLogs();
        try
        {
            _layout.Mark(_engine.Marker with { Topology = Topology.Name, Directory = StateDirectory, Secure = _options.Secure });
            await StartAsync(progress, cancellationToken);
            await File.WriteAllTextAsync(_layout.UpFile, "", cancellationToken);
            return UpOutcome.Started;
        }
        catch
        {
            // Its own time: the caller's token may be what brought us here.
            try
            {
                _ = await _engine.RemoveAsync(CancellationToken.None);
                _layout.RemoveData();
            }
            catch (LabException failure)
            {
                progress?.Report($"What was started could not be removed: {failure.Message} ./lab down tries again.");
            }

            throw;
        }
    }

    /// <summary>Ends everything at once and removes the data; logs stay. Does nothing when nothing runs.</summary>
    /// <returns>How many processes or containers were ended.</returns>
    public async Task<int> DownAsync(CancellationToken cancellationToken = default)
    {
        Folder.RequireOwn();
        RequireThisEngine();
        await _engine.RequireAsync(cancellationToken);
        if (!Directory.Exists(_layout.Root))
        {
            return await _engine.RemoveAsync(cancellationToken); // somebody removed it under a running lab
        }

        using var exclusive = ClusterLock.Take(_layout.LockFile);
        File.Delete(_layout.UpFile);
        var ended = await _engine.RemoveAsync(cancellationToken);
        _layout.RemoveData();
        return ended;
    }

    /// <summary>Sees to it that all that the engine needs is on this machine.</summary>
    /// <exception cref="LabException">Something is missing.</exception>
    internal Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken) => _engine.PrepareAsync(progress, cancellationToken);

    /// <summary>Starts a node that is down, and waits for it.</summary>
    internal async Task StartNodeAsync(string node, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var started = _options.Time.GetTimestamp();
        await LaunchAsync(node, cancellationToken);
        await WaitForNodeAsync(NodeNamed(node), cancellationToken);
        progress?.Report($"  {node}    {await FindAddressAsync(node, cancellationToken)}   running after {_options.Time.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    /// <summary>Starts the balancer that is down, and waits for it.</summary>
    internal async Task StartBalancerAsync(CancellationToken cancellationToken)
    {
        await LaunchAsync(BalancerRole, cancellationToken);
        await WaitAsync(BalancerRole, async token => await ReadStatisticsAsync(token) is not null, cancellationToken);
    }

    private Task WaitForNodeAsync(Broker node, CancellationToken cancellationToken) =>
        WaitAsync(
            node.Name,
            async token => (await FindPartsAsync(token))[node.Name].Address is { } address
                && await IsListeningAsync(address, token)
                && (await GreetAsync(node.Name, address, token)).Answered,
            cancellationToken);

    // What was cut off, if only by having ended, comes back among the others.
    private async Task LaunchAsync(string part, CancellationToken cancellationToken)
    {
        await _engine.JoinAsync(part, cancellationToken);
        await _engine.StartAsync(part, cancellationToken);
    }

    private Task WaitAsync(string part, Func<CancellationToken, Task<bool>> works, CancellationToken cancellationToken) =>
        _engine.WaitAsync(part, works, _options, cancellationToken);

    /// <summary>Starts every node and waits for each, then the balancer.</summary>
    private async Task StartPartsAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (await _engine.BeginAsync(cancellationToken))
        {
            foreach (var node in Nodes)
            {
                await WaitForNodeAsync(node, cancellationToken);
                progress?.Report($"  {node.Name}    {await FindAddressAsync(node.Name, cancellationToken)}   running");
            }

            return;
        }

        await Task.WhenAll(Topology.Groups.Select(async group =>
        {
            await StartNodeAsync(group[0].Name, progress, cancellationToken);
            await Task.WhenAll(group.Skip(1).Select(node => StartNodeAsync(node.Name, progress, cancellationToken)));
        }));

        // The balancer comes last: it would take nodes that do not answer yet for down, and need two checks to think better of it.
        await StartBalancerAsync(cancellationToken);
    }

    private async Task StartAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await StartPartsAsync(progress, cancellationToken);
        foreach (var group in Topology.Groups)
        {
            var named = CtlOrFailAsync(group[0].Name, ["set_cluster_name", NameOfClusterOf(group[0])], cancellationToken);
            var membership = await MembershipAsync(group[0], cancellationToken);
            _ = await named;
            if (!membership.Includes(group.Select(static node => node.Name)))
            {
                throw new LabException(
                    $"The nodes run but did not form one cluster: {group[0].Name} knows {string.Join(", ", membership.Running)}. {await _engine.LogTailAsync(group[^1].Name, cancellationToken)}");
            }
        }

        await WaitForBalancerAsync(Nodes, cancellationToken);
        progress?.Report($"  {BalancerRole}   127.0.0.1:{Balancer.Port}   {(Secrets is null ? "" : "TLS, ")}{(Nodes.Count is 1 ? "sees the node" : $"sees all {Nodes.Count} nodes")}, statistics on {Statistics}");
    }

    private Task WaitForBalancerAsync(IReadOnlyCollection<Broker> nodes, CancellationToken cancellationToken) =>
        WaitAsync(
            BalancerRole,
            async token => await ReadStatisticsAsync(token) is { } servers
                && nodes.Where(node => Topology.Balanced.Contains(node.Name)).All(node => servers.GetValueOrDefault(node.Name) is { IsUp: true }),
            cancellationToken);

    private void RequireFreePorts()
    {
        foreach (var (port, purpose) in _engine.Ports.All(Topology).Where(static port => PortOwner.IsInUse(port.Port)))
        {
            throw new LabException(PortOwner.Describe(port, purpose, _engine.Ports.Balancer));
        }
    }

    // One that is up is what it was started as.
    private void RequireThisTopology()
    {
        if (Folder.Marker?.Topology is { } started && started != Topology.Name)
        {
            throw new LabException(
                $"The lab in {StateDirectory} is up as {started}. End it by ./lab down, then start it with --topology {Topology.Name}; for another lab beside it, name another --state-dir.");
        }
    }
}
