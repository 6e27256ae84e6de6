using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>Starting and ending the lab.</content>
public sealed partial class LabCluster
{
    /// <summary>Starts everything; returns when the nodes of each group form one cluster and the balancer sees its nodes as up.</summary>
    /// <exception cref="LabException">Something is missing, a port is in use, or a node does not start. Nothing is left running.</exception>
    public async Task<UpOutcome> UpAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        RequireOwnFolder();
        if (_options.Secure && Topology.IsManaged)
        {
            throw new LabException(
                $"The topology {Topology.Name} does not run with --secure: its cluster manager asks the broker for the AMQP handshake without TLS.");
        }

        if (_options.Secure && Topology.Shovels is not [])
        {
            throw new LabException(
                $"The topology {Topology.Name} does not run with --secure: its Shovel logs in to another node, and RabbitMQ takes the password for that "
                + "only in an argument of rabbitmqctl, which everyone on this machine can read.");
        }

        await PrepareAsync(progress, cancellationToken);
        await RequireStartableAsync(cancellationToken);
        using var exclusive = ClusterLock.Take(_layout.LockFile);
        if (await IsUpAsync(cancellationToken))
        {
            RequireThisTopology();
            return _options.Secure && Secrets is null
                ? throw new LabException(
                    $"The lab in {StateDirectory} is up, and open to everyone on this machine. End it with ./lab down, then start it with --secure.")
                : UpOutcome.AlreadyUp;
        }

        if (await _engine.RemoveAsync(cancellationToken) is > 0 and var leftovers)
        {
            var parts = leftovers is 1 ? "process or container" : "processes or containers";
            progress?.Report($"Ended {leftovers} {parts} of an earlier lab that did not come up, or was not taken down completely.");
        }

        RequireFreePorts();
        var nodes = Topology.IsManaged ? $"RabbitMQ on {Nodes.Count} hosts, and a power switch"
            : Nodes.Count is 1 ? "a RabbitMQ node and a balancer" : $"{Nodes.Count} RabbitMQ nodes and a balancer";
        progress?.Report($"Starting {nodes}{_engine.Whereabouts}; state and logs are in {StateDirectory}");
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
            // Cleaning up takes no token: the caller may have cancelled its own.
            try
            {
                _ = await _engine.RemoveAsync(CancellationToken.None);
                _layout.RemoveData();
            }
            catch (LabException failure)
            {
                progress?.Report($"The started parts could not be removed: {failure.Message} Run ./lab down to try again.");
            }

            throw;
        }
    }

    /// <summary>Ends everything at once and removes the data, but not the logs. Does nothing if nothing runs.</summary>
    /// <returns>How many processes or containers were ended.</returns>
    public async Task<int> DownAsync(CancellationToken cancellationToken = default)
    {
        Folder.RequireOwn();
        RequireThisEngine();
        await _engine.RequireAsync(cancellationToken);
        if (!Directory.Exists(_layout.Root))
        {
            return await _engine.RemoveAsync(cancellationToken); // the user removed the directory of a running lab
        }

        using var exclusive = ClusterLock.Take(_layout.LockFile);
        File.Delete(_layout.UpFile);
        var ended = await _engine.RemoveAsync(cancellationToken);
        _layout.RemoveData();
        return ended;
    }

    /// <summary>Makes sure that this machine has everything that the engine needs.</summary>
    /// <exception cref="LabException">Something is missing. The message says what.</exception>
    internal Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken) => _engine.PrepareAsync(progress, cancellationToken);

    /// <summary>
    /// Fails if a new lab cannot be started here, before anything is written. Does nothing if the state directory exists: whatever is there, a lab that is up
    /// for example, counts first.
    /// </summary>
    /// <exception cref="LabException">Something is missing, or a port is in use.</exception>
    internal async Task RequireStartableAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (!Path.Exists(StateDirectory))
        {
            await PrepareAsync(progress, cancellationToken);
            await RequireStartableAsync(cancellationToken);
        }
    }

    // The user may have removed the directory of a running lab, which has the ports, and which the start ends.
    private async Task RequireStartableAsync(CancellationToken cancellationToken)
    {
        if (!Path.Exists(StateDirectory) && _processes.Find() is [] && !await _engine.ExistsAsync(cancellationToken))
        {
            RequireFreePorts();
        }
    }

    /// <summary>Starts a node that is down, and waits for it.</summary>
    internal async Task StartNodeAsync(string node, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var started = _options.Time.GetTimestamp();
        await LaunchAsync(node, cancellationToken);
        await WaitForNodeAsync(NodeNamed(node), cancellationToken);
        var took = _options.Time.GetElapsedTime(started);
        progress?.Report($"  {node}    {await FindAddressAsync(node, cancellationToken)}   running after {took.TotalSeconds:0.0} s");
    }

    /// <summary>Starts the balancer, which must be down, and waits for it.</summary>
    internal async Task StartBalancerAsync(CancellationToken cancellationToken)
    {
        await LaunchAsync(BalancerRole, cancellationToken);
        await WaitAsync(BalancerRole, async token => await ReadStatisticsAsync(token) is not null, cancellationToken);
    }

    private Task WaitForNodeAsync(Broker node, CancellationToken cancellationToken) => Topology.IsManaged
        ? WaitForHostAsync(node.Name, cancellationToken)
        : WaitAsync(
            node.Name,
            async token => (await FindPartsAsync(token))[node.Name].Address is { } address
                && await IsListeningAsync(address, token)
                && (await GreetAsync(node.Name, address, token)).Answered,
            cancellationToken);

    // Connects the part to its network first: a part can be cut off, and a container that has ended can have lost its network.
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

        // The balancer starts last: it would see nodes that do not answer yet as down, and would need two checks to see them as up.
        await StartBalancerAsync(cancellationToken);
    }

    private async Task StartAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (Topology.IsManaged)
        {
            await StartServiceAsync(progress, cancellationToken);
            return;
        }

        await StartPartsAsync(progress, cancellationToken);
        foreach (var group in Topology.Groups)
        {
            var named = CtlOrFailAsync(group[0].Name, ["set_cluster_name", NameOfClusterOf(group[0])], cancellationToken);
            var membership = await MembershipAsync(group[0], cancellationToken);
            _ = await named;
            if (!membership.Includes(group.Select(static node => node.Name)))
            {
                throw new LabException(
                    $"The nodes run but did not form one cluster: {group[0].Name} sees only {string.Join(", ", membership.Running)}. "
                    + await _engine.LogTailAsync(group[^1].Name, cancellationToken));
            }
        }

        if (Topology.HasLink)
        {
            await StartLinkAsync(cancellationToken);
        }

        await SetShovelsAsync(new ShovelDefinition(ProgramsQueue), cancellationToken);
        await WaitForBalancerAsync(Nodes, cancellationToken);
        var sees = Topology.Balanced.Count is 1 ? "sees the node" : $"sees all {Topology.Balanced.Count} nodes";
        progress?.Report($"  {BalancerRole}   127.0.0.1:{Balancer.Port}   {(Secrets is null ? "" : "TLS, ")}{sees}, statistics on {Statistics}");
    }

    private Task WaitForBalancerAsync(IReadOnlyCollection<Broker> nodes, CancellationToken cancellationToken) => !Topology.HasBalancer
        ? Task.CompletedTask
        : WaitAsync(
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

    // A lab that is up keeps the topology that it was started as.
    private void RequireThisTopology()
    {
        if (Folder.Marker?.Topology is { } started && started != Topology.Name)
        {
            throw new LabException(
                $"The lab in {StateDirectory} is up as {started}. End it with ./lab down, then start it with --topology {Topology.Name}; "
                + "for another lab beside it, give another --state-dir.");
        }
    }
}
