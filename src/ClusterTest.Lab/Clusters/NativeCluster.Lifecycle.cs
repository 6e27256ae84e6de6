using System.Globalization;

namespace ClusterTest.Lab.Clusters;

/// <content>Up and down.</content>
public sealed partial class NativeCluster
{
    /// <inheritdoc/>
    public async Task<UpOutcome> UpAsync(IProgress<string>? progress = null, CancellationToken cancellationToken = default)
    {
        NativePrograms.Check(_options);
        using var exclusive = ClusterLock.Take(_layout.LockFile);
        var leftovers = _processes.Find();
        if (IsUp(leftovers))
        {
            return UpOutcome.AlreadyUp;
        }

        if (leftovers.Count > 0)
        {
            progress?.Report($"Found {leftovers.Count} processes of a lab that did not come up or went down half; ending them and starting afresh.");
            _ = await _processes.KillAsync(cancellationToken: cancellationToken);
        }

        RequireFreePorts();
        progress?.Report($"Starting {Nodes.Count} RabbitMQ nodes and a balancer; state and logs are in {StateDirectory}");
        _layout.RemoveData();
        _layout.Write(_options);
        try
        {
            await StartEverythingAsync(progress, cancellationToken);
            await File.WriteAllTextAsync(_layout.UpFile, "", cancellationToken);
            return UpOutcome.Started;
        }
        catch
        {
            // Its own time: the caller's token may be what brought us here.
            _ = await _processes.KillAsync(cancellationToken: CancellationToken.None);
            _layout.RemoveData();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<int> DownAsync(CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(_layout.Root))
        {
            return await _processes.KillAsync(cancellationToken: cancellationToken); // somebody removed it under a running lab
        }

        using var exclusive = ClusterLock.Take(_layout.LockFile);
        File.Delete(_layout.UpFile);
        var ended = await _processes.KillAsync(cancellationToken: cancellationToken);
        _layout.RemoveData();
        return ended;
    }

    private async Task StartEverythingAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        await StartPortMapperAsync(cancellationToken);
        await StartNodeAsync(Nodes[0], progress, cancellationToken);
        await Task.WhenAll(Nodes.Skip(1).Select(node => StartNodeAsync(node, progress, cancellationToken)));

        // The balancer comes last: it would take nodes that do not answer yet for down, and need two checks to think better of it.
        await StartBalancerAsync(cancellationToken);
        var membership = await MembershipAsync(Nodes[0], cancellationToken);
        if (!membership.IsWhole)
        {
            throw new LabException($"The nodes run but did not form one cluster: {Nodes[0].Name} knows {string.Join(", ", membership.Running)}. {LogTail.Of(_layout.LogOf(Nodes[^1].Name))}");
        }

        await WaitForBalancerAsync(Nodes, cancellationToken);
        progress?.Report($"  {BalancerRole}   127.0.0.1:{Balancer.Port}   sees all {Nodes.Count} nodes, statistics on {Statistics}");
    }

    private async Task StartPortMapperAsync(CancellationToken cancellationToken)
    {
        var environment = BrokerEnvironment.Clean();
        environment["ERL_EPMD_PORT"] = _options.Ports.PortMapper.ToString(CultureInfo.InvariantCulture);
        await _launcher.StartAsync(PortMapperRole, NativePrograms.Find("epmd")!, ["-address", "127.0.0.1"], environment, cancellationToken);
        await WaitAsync(PortMapperRole, _ => Task.FromResult(PortOwner.IsListenedTo(_options.Ports.PortMapper)), cancellationToken);
    }

    private async Task StartNodeAsync(ClusterNode node, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var index = Nodes.ToList().IndexOf(node);
        var started = _options.Time.GetTimestamp();
        await _launcher.StartAsync(
            node.Name, _options.BrokerProgram, [], BrokerEnvironment.ForNode(_layout, _options.Ports, node.Name, index), cancellationToken);
        await WaitForNodeAsync(node, cancellationToken);
        progress?.Report($"  {node.Name}    {node.Address}   running after {_options.Time.GetElapsedTime(started).TotalSeconds:0.0} s");
    }

    private async Task StartBalancerAsync(CancellationToken cancellationToken)
    {
        var environment = BrokerEnvironment.Clean();
        environment["BALANCER_BIND"] = $"127.0.0.1:{Balancer.Port}";
        environment["STATISTICS_BIND"] = $"127.0.0.1:{_options.Ports.Statistics}";
        foreach (var node in Nodes)
        {
            environment[node.Name.ToUpperInvariant()] = node.Address.ToString();
        }

        await _launcher.StartAsync(BalancerRole, NativePrograms.Find(BalancerProgram)!, ["-db", "-f", _options.BalancerConfiguration], environment, cancellationToken);
        await WaitAsync(
            BalancerRole,
            async token => await BalancerStatistics.ReadAsync(_options.Ports.Statistics, token) is not null,
            cancellationToken);
    }

    private Task WaitForNodeAsync(ClusterNode node, CancellationToken cancellationToken) =>
        WaitAsync(
            node.Name,
            async token => PortOwner.IsListenedTo(node.Address.Port) && (await AmqpProbe.GreetAsync(node.Address, GreetingTimeout, token)).Answered,
            cancellationToken);

    private Task WaitForBalancerAsync(IReadOnlyCollection<ClusterNode> nodes, CancellationToken cancellationToken) =>
        WaitAsync(
            BalancerRole,
            async token => await BalancerStatistics.ReadAsync(_options.Ports.Statistics, token) is { } servers
                && nodes.All(node => servers.GetValueOrDefault(node.Name) is { IsUp: true }),
            cancellationToken);

    /// <summary>Waits until a part of the lab works; fails with its last log lines if it ends instead, or takes too long.</summary>
    private async Task WaitAsync(string role, Func<CancellationToken, Task<bool>> works, CancellationToken cancellationToken)
    {
        var started = _options.Time.GetTimestamp();
        for (var missing = 0; !await works(cancellationToken);)
        {
            // Twice, because a process that is just replacing itself shows no mark for an instant.
            missing = _processes.Find(role).Count is 0 ? missing + 1 : 0;
            if (missing > 1)
            {
                throw new LabException($"{role} does not start. {LogTail.Of(_layout.LogOf(role))}");
            }

            if (_options.Time.GetElapsedTime(started) > _options.StartTimeout)
            {
                throw new LabException($"{role} does not work after {_options.StartTimeout.TotalSeconds:0} s. {LogTail.Of(_layout.LogOf(role))}");
            }

            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    private void RequireFreePorts()
    {
        foreach (var (port, purpose) in _options.Ports.All().Where(static port => PortOwner.IsInUse(port.Port)))
        {
            throw new LabException(PortOwner.Describe(port, purpose, _options.Ports.Balancer));
        }
    }
}
