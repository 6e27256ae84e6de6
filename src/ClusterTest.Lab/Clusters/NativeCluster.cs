using System.Diagnostics;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Lab.Clusters;

/// <summary>Three brokers and a balancer from this machine's packages, as processes of the calling user, on loopback alone.</summary>
public sealed partial class NativeCluster : ICluster
{
    /// <summary>The nodes' names.</summary>
    public static readonly IReadOnlyList<string> NodeNames = ["rabbit1", "rabbit2", "rabbit3"];

    private const string BalancerRole = "balancer";
    private const string PortMapperRole = "epmd";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(1);

    private readonly NativeClusterOptions _options;
    private readonly NativeLayout _layout;
    private readonly LabProcesses _processes;
    private readonly Launcher _launcher;
    private readonly BrokerCtl _ctl;

    /// <summary>A cluster that may or may not be running; nothing is touched yet.</summary>
    public NativeCluster(NativeClusterOptions options)
    {
        _options = options with { StateDirectory = Path.GetFullPath(options.StateDirectory) };
        _layout = new NativeLayout(_options.StateDirectory);
        _processes = new LabProcesses(_options.StateDirectory, options.Time);
        _launcher = new Launcher(_layout);
        _ctl = new BrokerCtl(_options, _layout);
        Nodes = [.. NodeNames.Index().Select(node => new ClusterNode(node.Item, new AmqpAddress("127.0.0.1", options.Ports.FirstNode + node.Index)))];
        Balancer = new AmqpAddress("localhost", options.Ports.Balancer);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ClusterNode> Nodes { get; }

    /// <inheritdoc/>
    public AmqpAddress Balancer { get; }

    /// <summary>Where the balancer shows its statistics.</summary>
    public Uri Statistics => new($"http://127.0.0.1:{_options.Ports.Statistics}/");

    /// <summary>Everything that the cluster writes is in here.</summary>
    public string StateDirectory => _options.StateDirectory;

    /// <summary>Where the nodes' and the balancer's logs are; they stay after <see cref="DownAsync"/>.</summary>
    public string LogDirectory => _layout.Logs;

    /// <summary>The processes of this cluster that run now.</summary>
    public IReadOnlyList<LabProcess> FindProcesses() => _processes.Find();

    /// <inheritdoc/>
    public async Task<ClusterStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var statistics = BalancerStatistics.ReadAsync(_options.Ports.Statistics, cancellationToken);
        var nodes = await Task.WhenAll(Nodes.Select(node => LookAtAsync(node, cancellationToken)));
        var servers = await statistics;
        return new ClusterStatus(
            IsUp(_processes.Find()),
            Balancer,
            servers is not null,
            [.. nodes.Select(node => node with { Balancer = servers?.GetValueOrDefault(node.Name) })]);
    }

    /// <inheritdoc/>
    public Task<CtlResult> CtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        RequireNodeOfRunningCluster(node);
        return _ctl.RunAsync(node, arguments, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> RunCtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        RequireNodeOfRunningCluster(node);
        return _ctl.PassThroughAsync(node, arguments, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> FindNodesOfClientAsync(string clientName, CancellationToken cancellationToken = default)
    {
        var status = await GetStatusAsync(cancellationToken);
        var asked = status.Nodes.FirstOrDefault(static node => node.State is NodeState.Running)
            ?? throw new LabException($"No node runs that could be asked where the client {clientName} is. Run ./lab heal.");
        var found = ClientConnections.NodesOf(clientName, await CtlOrFailAsync(asked.Name, ClientConnections.Command, cancellationToken)).ToHashSet();
        return [.. NodeNames.Where(found.Contains)];
    }

    /// <inheritdoc/>
    public async Task InjectAsync(string node, NodeFault fault, CancellationToken cancellationToken = default)
    {
        RequireNodeOfRunningCluster(node);
        if (_processes.Find(node).Count is 0)
        {
            throw new LabException($"{node} is down already. Run ./lab heal to start it again.");
        }

        switch (fault)
        {
            case NodeFault.StopApp:
                _ = await CtlOrFailAsync(node, ["stop_app"], cancellationToken);
                break;
            case NodeFault.Kill:
                _ = await _processes.KillAsync(node, cancellationToken);
                break;
            case NodeFault.Freeze:
                await _processes.FreezeAsync(node, cancellationToken);
                break;
            default:
                throw new UnreachableException($"No such fault: {fault}.");
        }
    }

    private async Task<NodeStatus> LookAtAsync(ClusterNode node, CancellationToken cancellationToken)
    {
        var processes = _processes.Find(node.Name);
        if (processes.Count is 0)
        {
            return new NodeStatus(node.Name, node.Address, NodeState.Down, Version: null, Balancer: null);
        }

        var greeting = await AmqpProbe.GreetAsync(node.Address, GreetingTimeout, cancellationToken);
        var state = greeting switch
        {
            { Answered: true } => NodeState.Running,
            _ when processes.All(static process => process.IsStopped) => NodeState.Frozen,
            { Connected: true } => NodeState.NotResponding,
            _ => NodeState.AppStopped,
        };
        return new NodeStatus(node.Name, node.Address, state, greeting.Version, Balancer: null);
    }

    private async Task<string> CtlOrFailAsync(string node, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await _ctl.RunAsync(node, arguments, cancellationToken);
        return result.ExitCode is 0
            ? result.Output
            : throw new LabException($"rabbitmqctl {arguments[0]} on {node} ended with {result.ExitCode}: {(result.Error + result.Output).Trim()}");
    }

    // Started to the end, and since then neither taken down nor lost with the machine. Nodes may be missing: those are faults.
    private bool IsUp(IReadOnlyCollection<LabProcess> processes) =>
        File.Exists(_layout.UpFile) && processes.Any(static process => process.Role is BalancerRole);

    private void RequireNodeOfRunningCluster(string node)
    {
        if (!NodeNames.Contains(node))
        {
            throw new ArgumentException($"There is no node {node}. The nodes are {string.Join(", ", NodeNames)}.", nameof(node));
        }

        if (!IsUp(_processes.Find()))
        {
            throw new LabException($"The lab in {StateDirectory} is not up. Start it with ./lab up.");
        }
    }
}
