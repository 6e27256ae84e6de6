using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <content>The cluster manager of hosts that share one broker: Pacemaker decides where the broker runs, and the lab asks and waits.</content>
public sealed partial class LabCluster
{
    /// <summary>The name of the cluster manager, used like the name of a node.</summary>
    internal const string ManagerRole = Topology.Manager;

    private const string Shell = "sh";

    /// <summary>Asks the cluster manager.</summary>
    /// <returns>Null if the topology has none.</returns>
    public async Task<ManagerStatus?> FindManagerAsync(CancellationToken cancellationToken = default)
    {
        if (!Topology.IsManaged)
        {
            return null;
        }

        var nodes = await LookAtAllAsync(cancellationToken);
        var report = await AskManagerAsync(cancellationToken);
        var isSwitchUp = (await FindPartsAsync(cancellationToken))[Topology.Switch].State is PartState.Running;
        return report is null
            ? new ManagerStatus(null, null, null, ["No host's Pacemaker answers, so nothing is started anywhere. Run ./lab heal."])
            : new ManagerStatus(
                report.Version,
                report.HostOf(PacemakerReport.Broker),
                report.HostOf(PacemakerReport.Address),
                [.. ManagerProblems.In(nodes, report, isSwitchUp)]);
    }

    /// <summary>The host that the broker runs on; null if it runs on none.</summary>
    internal async Task<string?> FindActiveAsync(CancellationToken cancellationToken) =>
        (await LookAtAllAsync(cancellationToken)).FirstOrDefault(static node => node.State is NodeState.Running)?.Name;

    /// <summary>What the cluster manager says; null if no host answers. A host that has just started sees nobody: another one may know better.</summary>
    internal async Task<PacemakerReport?> AskManagerAsync(CancellationToken cancellationToken)
    {
        var hosts = await FindHostsAsync(cancellationToken);
        var reports = await Task.WhenAll(hosts.Select(host => AskManagerAsync(host, cancellationToken)));
        return PacemakerReport.Choose(reports.OfType<PacemakerReport>());
    }

    private async Task<PacemakerReport?> AskManagerAsync(string host, CancellationToken cancellationToken)
    {
        var said = await _engine.ExecAsync(host, PacemakerReport.Program, PacemakerReport.Command, cancellationToken);
        return said.ExitCode is 0 ? PacemakerReport.Parse(said.Output) : null;
    }

    /// <summary>Runs a shell command as root on a host that is up.</summary>
    /// <exception cref="LabException">No host is up, or the command failed.</exception>
    internal async Task<string> ShellOrFailAsync(string command, CancellationToken cancellationToken)
    {
        var host = (await FindHostsAsync(cancellationToken)) is [var first, ..] ? first : throw new LabException("No host is up. Run ./lab heal.");
        return await ShellOrFailAsync(host, command, cancellationToken);
    }

    /// <summary>Runs a shell command as root on a host.</summary>
    /// <exception cref="LabException">The command failed.</exception>
    internal Task<string> ShellOrFailAsync(string host, string command, CancellationToken cancellationToken) =>
        ToolOrFailAsync(Shell, host, ["-c", command], cancellationToken);

    /// <summary>How the broker came to where it runs now; null if it was not started since, or the topology has no cluster manager.</summary>
    internal async Task<FailoverTimes?> FindFailoverAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        Topology.IsManaged && await FindActiveAsync(cancellationToken) is { } host
            ? FailoverReport.Parse(await ShellOrFailAsync(host, FailoverReport.Command, cancellationToken), host, since)
            : null;

    /// <summary>Looks at the hosts until it is cancelled, and tells what a cluster manager must never let happen.</summary>
    /// <param name="tell">Is told of each kind, one of <see cref="ProblemKind"/>, with a sentence.</param>
    /// <param name="cancellationToken">Ends the watch. That is its regular end.</param>
    internal async Task WatchAsync(Action<string, string> tell, CancellationToken cancellationToken)
    {
        var told = new HashSet<string>();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var answering = await FindAnsweringBrokersAsync(cancellationToken);
                var strangers = answering.Where(static node => node.ClusterName is { } name && name != node.OwnClusterName).ToList();
                if (answering.Count > 1)
                {
                    var hosts = string.Join(" and on ", answering.Select(static node => node.Name));
                    Tell(ProblemKind.TwoBrokers, $"Two brokers ran on the same data at the same time, on {hosts}.");
                }

                if (strangers is [var stranger, ..])
                {
                    Tell(ProblemKind.OtherData, $"Clients were served by a broker with other data than the lab's, on {stranger.Name}.");
                }

                await Task.Delay(PollInterval, _options.Time, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }

        void Tell(string kind, string sentence)
        {
            if (told.Add(kind + sentence))
            {
                tell(kind, sentence);
            }
        }
    }

    // Past the engine, which would take longer than two brokers may run beside each other: the hosts' addresses stay the same.
    private async Task<IReadOnlyList<NodeStatus>> FindAnsweringBrokersAsync(CancellationToken cancellationToken)
    {
        var greetings = await Task.WhenAll(Nodes.Select(async node =>
            (node, await GreetAsync(node.Name, _engine.InnerAddressOf(node.Name), cancellationToken))));
        return
        [
            .. greetings.Where(static pair => pair.Item2.Answered).Select(pair =>
                new NodeStatus(pair.node.Name, _engine.InnerAddressOf(pair.node.Name), NodeState.Running, pair.Item2.Version, Balancer: null)
                {
                    ClusterName = pair.Item2.ClusterName,
                    OwnClusterName = NameOfClusterOf(pair.node),
                }),
        ];
    }

    /// <summary>A host that has no process; null if there is none.</summary>
    internal async Task<string?> FindDownHostAsync(CancellationToken cancellationToken)
    {
        var parts = await FindPartsAsync(cancellationToken);
        return Topology.BrokerNames.FirstOrDefault(host => parts[host].State is PartState.Down);
    }

    /// <summary>Lets the hosts not see each other, while both see everything else.</summary>
    internal Task CutHostsApartAsync(CancellationToken cancellationToken) => Task.WhenAll(Topology.BrokerNames.SelectMany(host =>
        Topology.PeersOf(host).Select(peer =>
            ShellOrFailAsync(host, ManagerCommands.Ignoring(_engine.InnerAddressOf(peer.Name).Host), cancellationToken))));

    /// <summary>Whether a part has no process.</summary>
    internal Task<bool> IsDownAsync(string part, CancellationToken cancellationToken) => _engine.IsGoneAsync(part, cancellationToken);

    /// <summary>Whether a broker answers that has other data than the lab's.</summary>
    internal async Task<bool> ServesOtherDataAsync(CancellationToken cancellationToken) =>
        (await LookAtAllAsync(cancellationToken)).Any(static node => node.ClusterName is { } name && name != node.OwnClusterName);

    /// <summary>Whether the manager has tried to start the broker on every host that is up, in vain.</summary>
    internal async Task<bool> HasGivenUpAsync(CancellationToken cancellationToken) =>
        await AskManagerAsync(cancellationToken) is { HasGivenUp: true };

    /// <summary>Whether every host runs, each of them says that everything is as it should be, and one broker answers.</summary>
    internal async Task<bool> IsWholeAsync(CancellationToken cancellationToken)
    {
        var reports = await Task.WhenAll(Topology.BrokerNames.Select(host => AskManagerAsync(host, cancellationToken)));
        return reports.All(report => report?.IsWhole(Topology.BrokerNames) is true) && await FindAnsweringBrokersAsync(cancellationToken) is [_];
    }

    /// <summary>Whether the broker has ended since the manager last forgot what failed, and serves again.</summary>
    internal async Task<bool> HasRestartedAsync(CancellationToken cancellationToken) =>
        await AskManagerAsync(cancellationToken) is { Failures: not [], Serves: true } && await FindActiveAsync(cancellationToken) is not null;

    /// <summary>Lets the manager forget what failed, and where somebody has moved the broker; then waits until clients are served.</summary>
    internal async Task WaitForServiceAsync(CancellationToken cancellationToken)
    {
        var began = _options.Time.GetTimestamp();
        await ForgetAsync(cancellationToken);
        while (!await IsServedAsync(cancellationToken))
        {
            if (_options.Time.GetElapsedTime(began) > _options.StartTimeout)
            {
                var problems = await ProblemsInWordsAsync(cancellationToken);
                throw new LabException(string.Create(
                    CultureInfo.InvariantCulture, $"The broker does not serve after {_options.StartTimeout.TotalSeconds:0} s. {problems}"));
            }

            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    // Once: what fails from now on is to be told.
    private async Task ForgetAsync(CancellationToken cancellationToken) => _ = await RunOnAnyHostAsync(ManagerCommands.Forget, cancellationToken);

    /// <summary>Runs a shell command as root on the first host where it succeeds.</summary>
    /// <returns>Null if it has succeeded; else what the last host said.</returns>
    private async Task<string?> RunOnAnyHostAsync(string command, CancellationToken cancellationToken)
    {
        var failure = "No host is up.";
        foreach (var host in await FindHostsAsync(cancellationToken))
        {
            var said = await _engine.ExecAsync(host, Shell, ["-c", command], cancellationToken);
            if (said.ExitCode is 0)
            {
                return null;
            }

            failure = $"{host}: {(said.Error + said.Output).Trim()}";
        }

        return failure;
    }

    private async Task<bool> IsServedAsync(CancellationToken cancellationToken)
    {
        if (await AskManagerAsync(cancellationToken) is not { } report)
        {
            return false;
        }

        return report is { Serves: true, HasQuorum: true } && (await GreetAsync(Topology.Address, EntranceOf(Topology.Address), cancellationToken)).Answered;
    }

    // A look at a frozen host fails at once.
    private async Task<IReadOnlyList<string>> FindHostsAsync(CancellationToken cancellationToken)
    {
        var parts = await FindPartsAsync(cancellationToken);
        return
        [
            .. Topology.BrokerNames
                .Where(host => parts[host].State is PartState.Running or PartState.CutOff)
                .OrderBy(host => parts[host].State is PartState.CutOff),
        ];
    }

    /// <summary>Starts hosts and switch, waits until everything runs, and gives the broker the lab's name, which is kept with its data.</summary>
    private async Task StartServiceAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        _ = await _engine.BeginAsync(cancellationToken);
        await WaitForServiceAsync(cancellationToken);
        var active = await FindActiveAsync(cancellationToken) ?? throw new LabException("The broker that has just started is gone. ./lab up tries again.");
        _ = await CtlOrFailAsync(active, ["set_cluster_name", NameOfClusterOf(NodeNamed(active))], cancellationToken);
        var addresses = await FindPartsAsync(cancellationToken);
        foreach (var host in Topology.BrokerNames)
        {
            progress?.Report($"  {host}     {addresses[host].Address}   {(host == active ? "running" : "standing by")}");
        }

        progress?.Report($"  {Topology.Address}   {Balancer}   on {active}");
    }

    private Task WaitForHostAsync(string host, CancellationToken cancellationToken) =>
        WaitAsync(host, token => IsMemberAsync(host, token), cancellationToken);

    // The host itself is asked: the others may not have noticed yet that it was gone.
    private async Task<bool> IsMemberAsync(string host, CancellationToken cancellationToken) =>
        (await FindPartsAsync(cancellationToken))[host].State is PartState.Running
        && await AskManagerAsync(host, cancellationToken) is { HasQuorum: true } report
        && report.Hosts.Any(known => known.Name == host && known is { IsOnline: true, IsUnclean: false });
}
