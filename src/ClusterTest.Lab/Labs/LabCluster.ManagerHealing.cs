using System.Globalization;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>Undoing the faults of hosts that share one broker, and of their cluster manager.</content>
public sealed partial class LabCluster
{
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan FencingPatience = TimeSpan.FromSeconds(30);

    /// <summary>Undoes every fault, of hosts and manager; returns when every host is a member, and says so itself.</summary>
    /// <exception cref="LabException">Something is still wrong after the time that a start may take. The message says what.</exception>
    private async Task HealPairAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var told = TellWhatIsWrongAsync(progress, over.Token);
        try
        {
            var began = _options.Time.GetTimestamp();
            await RepairSwitchAsync(progress, cancellationToken);
            await EndFrozenBrokersAsync(progress, cancellationToken);
            do
            {
                if (_options.Time.GetElapsedTime(began) > _options.StartTimeout)
                {
                    throw new LabException($"The lab is not whole. {await ProblemsInWordsAsync(cancellationToken)}");
                }

                await JoinHostsAsync(progress, cancellationToken);
                await RepairManagerAsync(progress, cancellationToken);
                await WaitForServiceAsync(cancellationToken);
            }
            while (!await IsWholeAsync(cancellationToken)); // a host may have been fenced although it had come back
        }
        finally
        {
            await over.CancelAsync();
            await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A host that was not fenced goes on with its broker where it was frozen, beside the one that took over.
    private async Task EndFrozenBrokersAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (await FindActiveAsync(cancellationToken) is { } active)
        {
            foreach (var host in await FindFrozenHostsAsync(cancellationToken))
            {
                progress?.Report($"  {host} is frozen, and the broker runs on {active}: ending {host}, so that no second broker goes on");
                await KillAsync(host, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyList<string>> FindFrozenHostsAsync(CancellationToken cancellationToken)
    {
        var parts = await FindPartsAsync(cancellationToken);
        return [.. Topology.BrokerNames.Where(host => parts[host].State is PartState.Frozen)];
    }

    // A start of the broker takes seconds: who waits longer is to see for what.
    private async Task TellWhatIsWrongAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            await Task.Delay(TellInterval, _options.Time, cancellationToken);
            if (await ProblemsInWordsAsync(cancellationToken) is var problems && problems != last)
            {
                progress?.Report($"  waiting: {problems}");
                last = problems;
            }
        }
    }

    private async Task<string> ProblemsInWordsAsync(CancellationToken cancellationToken) =>
        string.Join(' ', (await FindManagerAsync(cancellationToken))!.Problems) is { Length: > 0 } problems
            ? problems
            : "Pacemaker has not done yet what it has to do.";

    /// <summary>Undoes the faults of the manager.</summary>
    internal async Task HealManagerAsync(CancellationToken cancellationToken)
    {
        using var shared = await ShareLockAsync(cancellationToken);
        await RequireUpAsync(cancellationToken);
        await RepairManagerAsync(progress: null, cancellationToken);
        await WaitForServiceAsync(cancellationToken);
    }

    /// <summary>Starts the power switch if it does not run: a host that is to be fenced must be, before it is started again.</summary>
    internal async Task RepairSwitchAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if ((await FindPartsAsync(cancellationToken))[Topology.Switch].State is PartState.Down)
        {
            progress?.Report($"  {Topology.Switch} is down: starting it again");
            await LaunchAsync(Topology.Switch, cancellationToken);
        }
    }

    /// <summary>Starts the power switch if it does not run, undoes what faults have changed in the manager's settings and on the storage.</summary>
    internal async Task RepairManagerAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(ManagerRole, cancellationToken);
        await RepairSwitchAsync(progress, cancellationToken);
        if (MarkOf(ManagerRole) is { } fault)
        {
            progress?.Report($"  {ManagerRole} has suffered a fault ({fault}): undoing it");
            await UndoManagerFaultsAsync(cancellationToken);
            Unmark(ManagerRole);
        }
    }

    // A host may be fenced while it is asked, although it had come back.
    private async Task UndoManagerFaultsAsync(CancellationToken cancellationToken)
    {
        var began = _options.Time.GetTimestamp();
        while (await RunOnAnyHostAsync(ManagerCommands.Undo, cancellationToken) is { } failure)
        {
            if (_options.Time.GetElapsedTime(began) > _options.StartTimeout)
            {
                throw new LabException($"No host can undo what was done to Pacemaker and to the storage. {failure}");
            }

            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    /// <summary>Undoes <see cref="CutHostsApartAsync"/>, and the faults of every host.</summary>
    internal Task JoinHostsAsync(IProgress<string>? progress, CancellationToken cancellationToken) =>
        Task.WhenAll(Nodes.Select(node => RepairHostAsync(node, progress, cancellationToken)));

    // A host that is down, frozen or just being fenced cannot be told.
    private async Task EndSplitAsync(string host, CancellationToken cancellationToken) =>
        _ = await _engine.ExecAsync(host, Shell, ["-c", ManagerCommands.IgnoringNobody], cancellationToken);

    // What is started before it was fenced is ended as soon as the fencing succeeds.
    private async Task<bool> IsToBeFencedAsync(string host, CancellationToken cancellationToken) =>
        await AskManagerAsync(cancellationToken) is { IsFencing: true } report && report.Hosts.Any(known => known.Name == host && known.IsUnclean);

    /// <summary>
    /// Undoes one fault of a host after the other, until it is a member. A host that is down and still to be fenced is left for a while; if it is started
    /// before it was fenced, it is fenced then, and has to be started again.
    /// </summary>
    private async Task RepairHostAsync(Broker host, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(host.Name, cancellationToken);
        await EndIfMarkedAsync(host.Name, progress, cancellationToken);
        await EndSplitAsync(host.Name, cancellationToken);
        var began = _options.Time.GetTimestamp();
        while (!await IsMemberAsync(host.Name, cancellationToken))
        {
            if (_options.Time.GetElapsedTime(began) > _options.StartTimeout)
            {
                var tail = await _engine.LogTailAsync(host.Name, cancellationToken);
                throw new LabException(string.Create(
                    CultureInfo.InvariantCulture, $"{host.Name} is no member after {_options.StartTimeout.TotalSeconds:0} s. {tail}"));
            }

            switch ((await FindPartsAsync(cancellationToken))[host.Name].State)
            {
                case PartState.Running:
                    await EndSplitAsync(host.Name, cancellationToken);
                    await Task.Delay(PollInterval, _options.Time, cancellationToken);
                    break;
                case PartState.Frozen:
                    progress?.Report($"  {host.Name} is frozen: letting it go on");
                    await _engine.ResumeAsync(host.Name, cancellationToken);
                    break;
                case PartState.CutOff:
                    progress?.Report($"  {host.Name} is cut off: ending it");
                    await KillAsync(host.Name, cancellationToken);
                    break;
                default:
                    if (_options.Time.GetElapsedTime(began) < FencingPatience && await IsToBeFencedAsync(host.Name, cancellationToken))
                    {
                        await Task.Delay(PollInterval, _options.Time, cancellationToken);
                        break;
                    }

                    progress?.Report($"  {host.Name} is down: starting it again");
                    await LaunchAsync(host.Name, cancellationToken);
                    break;
            }
        }
    }
}
