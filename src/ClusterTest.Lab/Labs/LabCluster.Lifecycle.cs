using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Labs;

/// <content>Up and down.</content>
public abstract partial class LabCluster
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
            return _options.Secure && Secrets is null
                ? throw new LabException($"The lab in {StateDirectory} is up, and open to everyone on this machine. End it by ./lab down, then start it with --secure.")
                : UpOutcome.AlreadyUp;
        }

        if (await RemoveAsync(cancellationToken) is > 0 and var leftovers)
        {
            progress?.Report($"Ended {leftovers} leftovers of a lab that did not come up or went down half.");
        }

        RequireFreePorts();
        progress?.Report($"Starting {Nodes.Count} RabbitMQ nodes and a balancer{Whereabouts}; state and logs are in {StateDirectory}");
        _layout.RemoveData();
        _layout.RemoveLogs();
        try
        {
            _layout.Mark(Marker with { Topology = LabMarker.Cluster, Directory = StateDirectory, Secure = _options.Secure });
            WriteFiles();
            await StartAsync(progress, cancellationToken);
            await File.WriteAllTextAsync(_layout.UpFile, "", cancellationToken);
            return UpOutcome.Started;
        }
        catch
        {
            // Its own time: the caller's token may be what brought us here.
            try
            {
                _ = await RemoveAsync(CancellationToken.None);
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
        await RequireEngineAsync(cancellationToken);
        if (!Directory.Exists(_layout.Root))
        {
            return await RemoveAsync(cancellationToken); // somebody removed it under a running lab
        }

        using var exclusive = ClusterLock.Take(_layout.LockFile);
        File.Delete(_layout.UpFile);
        var ended = await RemoveAsync(cancellationToken);
        _layout.RemoveData();
        return ended;
    }

    /// <summary>How the engine's parts are run, where a message says that they are started; begins with a space.</summary>
    private protected abstract string Whereabouts { get; }

    /// <summary>Sees to it that all that the engine needs is on this machine.</summary>
    /// <exception cref="LabException">Something is missing.</exception>
    internal abstract Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>What <c>lab.json</c> says of the engine and of all that it was given.</summary>
    private protected abstract LabMarker Marker { get; }

    /// <summary>Sees to it that the engine can be asked what there is of the lab.</summary>
    /// <exception cref="LabException">It does not answer.</exception>
    private protected virtual Task RequireEngineAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Writes what the parts read when they start, into a directory without data.</summary>
    private protected virtual void WriteFiles()
    {
    }

    /// <summary>Starts every node and waits for each, then the balancer.</summary>
    private protected abstract Task StartPartsAsync(IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Starts a node or the balancer, which was there before and is down; does not wait until it works.</summary>
    private protected abstract Task LaunchAsync(string part, CancellationToken cancellationToken);

    /// <summary>Ends everything that belongs to the lab, and returns when nothing of it is left but its directory.</summary>
    /// <returns>How many processes or containers there were.</returns>
    private protected abstract Task<int> RemoveAsync(CancellationToken cancellationToken);

    /// <summary>The end of a part's log, as a sentence.</summary>
    private protected abstract Task<string> LogTailAsync(string part, CancellationToken cancellationToken);

    internal async Task StartNodeAsync(string node, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var started = _options.Time.GetTimestamp();
        await LaunchAsync(node, cancellationToken);
        await WaitForNodeAsync(NodeNamed(node), cancellationToken);
        progress?.Report($"  {node}    {await FindAddressAsync(node, cancellationToken)}   running after {_options.Time.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    internal async Task StartBalancerAsync(CancellationToken cancellationToken)
    {
        await LaunchAsync(BalancerRole, cancellationToken);
        await WaitAsync(BalancerRole, async token => await ReadStatisticsAsync(token) is not null, cancellationToken);
    }

    private protected Task WaitForNodeAsync(ClusterNode node, CancellationToken cancellationToken) =>
        WaitAsync(
            node.Name,
            async token => (await FindPartsAsync(token))[node.Name].Address is { } address
                && await IsListeningAsync(address, token)
                && (await GreetAsync(node.Name, address, token)).Answered,
            cancellationToken);

    /// <summary>Waits until a part of the lab works; fails with its last log lines if it ends instead, or takes too long.</summary>
    private protected async Task WaitAsync(string part, Func<CancellationToken, Task<bool>> works, CancellationToken cancellationToken)
    {
        var started = _options.Time.GetTimestamp();
        for (var missing = 0; !await works(cancellationToken);)
        {
            // Twice, because a process that is just replacing itself shows no mark for an instant.
            missing = await IsGoneAsync(part, cancellationToken) ? missing + 1 : 0;
            if (missing > 1)
            {
                throw new LabException($"{part} does not start. {await LogTailAsync(part, cancellationToken)}");
            }

            if (_options.Time.GetElapsedTime(started) > _options.StartTimeout)
            {
                throw new LabException($"{part} does not work after {_options.StartTimeout.TotalSeconds:0} s. {await LogTailAsync(part, cancellationToken)}");
            }

            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    /// <summary>Whether a part has no process, not even one that is starting.</summary>
    private protected abstract Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken);

    private async Task StartAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await StartPartsAsync(progress, cancellationToken);
        var named = CtlOrFailAsync(Nodes[0].Name, ["set_cluster_name", ClusterName], cancellationToken);
        var membership = await MembershipAsync(Nodes[0], cancellationToken);
        _ = await named;
        if (!membership.Includes(NodeNames))
        {
            throw new LabException($"The nodes run but did not form one cluster: {Nodes[0].Name} knows {string.Join(", ", membership.Running)}. {await LogTailAsync(Nodes[^1].Name, cancellationToken)}");
        }

        await WaitForBalancerAsync(Nodes, cancellationToken);
        progress?.Report($"  {BalancerRole}   127.0.0.1:{Balancer.Port}   {(Secrets is null ? "" : "TLS, ")}sees all {Nodes.Count} nodes, statistics on {Statistics}");
    }

    private Task WaitForBalancerAsync(IReadOnlyCollection<ClusterNode> nodes, CancellationToken cancellationToken) =>
        WaitAsync(
            BalancerRole,
            async token => await ReadStatisticsAsync(token) is { } servers
                && nodes.All(node => servers.GetValueOrDefault(node.Name) is { IsUp: true }),
            cancellationToken);

    private void RequireFreePorts()
    {
        foreach (var (port, purpose) in _ports.All().Where(static port => PortOwner.IsInUse(port.Port)))
        {
            throw new LabException(PortOwner.Describe(port, purpose, _ports.Balancer));
        }
    }
}
