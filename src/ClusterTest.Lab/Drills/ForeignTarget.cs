using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using RabbitMQ.Client;

namespace ClusterTest.Lab.Drills;

/// <summary>The user's own cluster, which the lab does not run. The user's commands break and heal it, or the user does so by hand.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="timeout">How long a command that heals may take, for each node.</param>
/// <param name="unhealed">The faults that earlier drills did not undo on the cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class ForeignTarget(ForeignCluster cluster, TimeSpan timeout, UnhealedFaults unhealed, TimeProvider time) : IDrillTarget
{
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public IReadOnlyList<string> Nodes => cluster.Nodes;

    /// <inheritdoc/>
    public string Address => $"{cluster.Uri.Endpoint}";

    /// <inheritdoc/>
    public int MostBroken => 1;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string?> EnvironmentOf(string program) =>
        new Dictionary<string, string?> { [ConnectionOptions.UriVariable] = cluster.Uri.Format() };

    /// <inheritdoc/>
    public Task SetUpAsync(DrillNames names, Variant variant, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgramArguments => [];

    /// <inheritdoc/>
    public IReadOnlyList<IFault> FaultsFor(string queue) =>
        cluster.Recovery.HealsItself ? cluster.Faults : [.. cluster.Faults.Select(fault => new RememberedFault(fault, unhealed))];

    /// <summary>Reports the faults that earlier drills did not undo, and undoes them if there is a command for that.</summary>
    /// <param name="lines">Gets the reports.</param>
    /// <param name="cancellationToken">Ends the recall.</param>
    /// <exception cref="LabException">An earlier fault cannot be undone, and this drill would do further faults.</exception>
    internal async Task RecallAsync(IProgress<string> lines, CancellationToken cancellationToken)
    {
        foreach (var other in unhealed.Others)
        {
            lines.Report(Told(other));
        }

        await WaitForCommandsAsync(cancellationToken);
        var known = unhealed.Read();
        if (known.Where(static fault => fault.StaysBroken).ToList() is { Count: > 0 } lasting)
        {
            lines.Report($"An earlier drill on {Address} had no --heal to undo {string.Join(", ", lasting)}. Make sure that the cluster is whole.");
            unhealed.Remove(static fault => fault.StaysBroken);
        }

        if (known.Where(static fault => !fault.StaysBroken).ToList() is not { Count: > 0 } broken)
        {
            return;
        }

        var left = $"An earlier drill on {Address} did not undo {string.Join(", ", broken)}.";
        if (cluster.Recovery.Heal is not null)
        {
            lines.Report($"{left} Healing this first.");
            await HealAsync(cancellationToken);
        }
        else if (cluster.Faults is [])
        {
            lines.Report($"{left} Undo this by hand, and remove {unhealed.File}.");
        }
        else
        {
            throw new LabException($"{left} Give a --heal that undoes this, or undo it by hand and remove {unhealed.File}.");
        }
    }

    private static string Told(UnhealedFaults other)
    {
        if (DrillLock.IsHeld(other.LockFile))
        {
            return $"A running drill records its faults in {other.File}. If it drills this cluster under another address, end one of the two drills: "
                + "they would heal each other's faults.";
        }

        try
        {
            return $"An earlier drill at another address did not undo {string.Join(", ", other.Read())}. If that address leads to this cluster, "
                + $"undo this first; then remove {other.File}.";
        }
        catch (Exception exception) when (exception is LabException or IOException)
        {
            return exception.Message;
        }
    }

    // If a drill was killed, its last command, for a fault or for healing, may still run.
    private async Task WaitForCommandsAsync(CancellationToken cancellationToken)
    {
        var mark = File.Exists(unhealed.CommandsFile) ? await File.ReadAllTextAsync(unhealed.CommandsFile, cancellationToken) : ShellCommand.Mark;
        var began = time.GetTimestamp();
        for (var unseen = 0; unseen < 2;)
        {
            // Unseen twice in a row: a process that is just replacing itself (exec) shows no mark for an instant.
            var running = ShellCommand.Find(mark).FirstOrDefault();
            unseen = running is 0 ? unseen + 1 : 0;
            if (time.GetElapsedTime(began) > timeout)
            {
                throw new LabException(
                    $"A command of an earlier drill on {Address} still runs (process {running}), so this drill does not begin. "
                    + "Wait until that process ends, or end it.");
            }

            if (unseen < 2)
            {
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }

        await File.WriteAllTextAsync(unhealed.CommandsFile, ShellCommand.Mark, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken)
    {
        var endpoint = cluster.Uri.Endpoint;
        await OneCluster.RequireAsync(Connections(), $"{endpoint}", time, cancellationToken);
        var version = endpoint.UseTls
            ? null
            : (await AmqpProbe.GreetAsync(new AmqpAddress(endpoint.Host, endpoint.Port), GreetingTimeout, cancellationToken)).Version;
        return DrillEnvironments.Describe(Address, version is null ? [] : [$"{endpoint} {version}"], balancer: null);
    }

    /// <inheritdoc/>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task<string?> FindShovelAsync(DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        var failures = new List<string>();
        var failed = new HashSet<string?>();
        var recovery = cluster.Recovery;
        await ForEachNodeAsync(recovery.Heal, recovery.HealAsync);
        await ForEachNodeAsync(recovery.Ready, (node, token) => recovery.WaitUntilReadyAsync(node, time, token));
        if (recovery.Heal is not null)
        {
            unhealed.Remove(fault => failures is [] || (fault.Node is not null && !failed.Contains(null) && !failed.Contains(fault.Node)));
        }

        if (failures.Count > 0)
        {
            throw new LabException($"Not healed: {string.Join("; ", failures)}");
        }

        async Task ForEachNodeAsync(string? command, Func<string?, CancellationToken, Task> act)
        {
            foreach (var node in command is null ? [] : CommandFault.ConcernsNodes(command) ? cluster.Nodes : (IReadOnlyList<string?>)[null])
            {
                if (await TryAsync(token => act(node, token), cancellationToken) is { } failure)
                {
                    failures.Add($"{node}: {failure}".TrimStart(':', ' '));
                    _ = failed.Add(node);
                }
            }
        }
    }

    private async Task<string?> TryAsync(Func<CancellationToken, Task> act, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await act(either.Token);
            return null;
        }
        catch (LabException failure)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return $"the command took longer than {Duration.Format(timeout)}.";
        }
    }

    /// <inheritdoc/>
    public async Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken)
    {
        var connections = Connections();
        await QueueDrain.EmptyAsync(connections, names, Address, found, time, cancellationToken);
        await QueueDrain.RemoveAsync(connections, names, Address, cancellationToken);
    }

    private ConnectionFactory Connections() => new()
    {
        HostName = cluster.Uri.Endpoint.Host,
        Port = cluster.Uri.Endpoint.Port,
        UserName = cluster.Uri.UserName ?? ConnectionFactory.DefaultUser,
        Password = cluster.Uri.Password ?? ConnectionFactory.DefaultPass,
        VirtualHost = cluster.Uri.VirtualHost ?? ConnectionFactory.DefaultVHost,
        Ssl = new SslOption(cluster.Uri.Endpoint.Host, enabled: cluster.Uri.Endpoint.UseTls),
        AutomaticRecoveryEnabled = false,
        ClientProvidedName = "cluster-test-lab",
    };
}
