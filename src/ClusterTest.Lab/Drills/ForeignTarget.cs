using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using RabbitMQ.Client;

namespace ClusterTest.Lab.Drills;

/// <summary>A cluster that the lab does not run: the user's own. It is broken and healed by the user's commands, or by hand.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="timeout">How long a command that heals may take, for each node.</param>
/// <param name="unhealed">What was not undone on it.</param>
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
    public Task<IReadOnlyDictionary<string, string?>> FindEnvironmentAsync(string program, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string?>>(new Dictionary<string, string?> { [ConnectionOptions.UriVariable] = cluster.Uri.Format() });

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgramArguments => [];

    /// <inheritdoc/>
    public IReadOnlyList<IFault> FaultsFor(string queue) =>
        cluster.Recovery.HealsItself ? cluster.Faults : [.. cluster.Faults.Select(fault => new RememberedFault(fault, unhealed))];

    /// <summary>Tells what an earlier drill left broken, and undoes it if there is a command for that.</summary>
    /// <param name="lines">Is told.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LabException">It is not undone, and more would be broken on top of it.</exception>
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
            lines.Report($"An earlier drill on {Address} had no --heal to undo {string.Join(", ", lasting)}. See to it that the cluster is whole.");
            unhealed.Remove(static fault => fault.StaysBroken);
        }

        if (known.Where(static fault => !fault.StaysBroken).ToList() is not { Count: > 0 } broken)
        {
            return;
        }

        var left = $"An earlier drill on {Address} did not undo {string.Join(", ", broken)}.";
        if (cluster.Recovery.Heal is not null)
        {
            lines.Report($"{left} Healing that first.");
            await HealAsync(cancellationToken);
        }
        else if (cluster.Faults is [])
        {
            lines.Report($"{left} Undo it, and remove {unhealed.File}.");
        }
        else
        {
            throw new LabException($"{left} Give the --heal that does, or undo it and remove {unhealed.File}.");
        }
    }

    private static string Told(UnhealedFaults other)
    {
        if (DrillLock.IsHeld(other.LockFile))
        {
            return $"A drill is at work that notes its faults in {other.File}. If that is this cluster, by another address, end this drill: the two would heal each other's faults.";
        }

        try
        {
            return $"As far as is known, there is not undone: {string.Join(", ", other.Read())}. If that is this cluster, see to it first; then remove {other.File}.";
        }
        catch (Exception exception) when (exception is LabException or IOException)
        {
            return exception.Message;
        }
    }

    // A drill that was killed could not wait for what it had begun, and that goes on: a fault, or a heal.
    private async Task WaitForCommandsAsync(CancellationToken cancellationToken)
    {
        var mark = File.Exists(unhealed.CommandsFile) ? await File.ReadAllTextAsync(unhealed.CommandsFile, cancellationToken) : ShellCommand.Mark;
        var began = time.GetTimestamp();
        for (var unseen = 0; unseen < 2;)
        {
            // Twice, because a process that is just replacing itself shows no mark for an instant.
            var running = ShellCommand.Find(mark).FirstOrDefault();
            unseen = running is 0 ? unseen + 1 : 0;
            if (time.GetElapsedTime(began) > timeout)
            {
                throw new LabException($"A command of an earlier drill on {Address} still runs (process {running}). Nothing is done beside it: wait for it, or end it.");
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
        var version = endpoint.UseTls ? null : (await AmqpProbe.GreetAsync(new AmqpAddress(endpoint.Host, endpoint.Port), GreetingTimeout, cancellationToken)).Version;
        return DrillEnvironments.Describe(Address, version is null ? [] : [$"{endpoint} {version}"], balancer: null);
    }

    /// <inheritdoc/>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

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
            return $"it took longer than {Duration.Format(timeout)}.";
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
