using ClusterTest.Lab.Faults;
using CliWrap;
using CliWrap.Buffered;

namespace ClusterTest.Lab.Clusters;

/// <summary>Three brokers and a balancer from this machine's packages, as processes of the calling user, on loopback alone.</summary>
public sealed partial class NativeCluster : ICluster
{
    /// <summary>The nodes' names.</summary>
    public static readonly IReadOnlyList<string> NodeNames = ["rabbit1", "rabbit2", "rabbit3"];

    /// <summary>What the balancer is called, where nodes have their names.</summary>
    internal const string BalancerRole = "balancer";
    private const string BalancerProgram = "haproxy";
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
        _ = NodeNamed(node);
        RequireUp();
        return _ctl.RunAsync(BrokerCtl.Ctl, node, arguments, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<int> RunCtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        _ = NodeNamed(node);
        RequireUp();
        return _ctl.PassThroughAsync(node, arguments, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClientConnection>> FindClientsAsync(CancellationToken cancellationToken = default)
    {
        var asked = await FindRunningAsync(cancellationToken);
        return [.. ClientConnections.Parse(await CtlOrFailAsync(asked.Name, ClientConnections.Command, cancellationToken))];
    }

    /// <inheritdoc/>
    public async Task<string?> FindLeaderAsync(string queue, CancellationToken cancellationToken = default)
    {
        var asked = await FindRunningAsync(cancellationToken);
        return QueueLeader.Parse(await CtlOrFailAsync(asked.Name, QueueLeader.CommandFor(queue), cancellationToken));
    }

    /// <inheritdoc/>
    public async Task<string?> GetBalancerVersionAsync(CancellationToken cancellationToken = default)
    {
        if (NativePrograms.Find(BalancerProgram) is not { } program)
        {
            return null;
        }

        var said = await CliWrap.Cli.Wrap(program).WithArguments("-v").WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        return BalancerVersion.Parse(said.StandardOutput);
    }

    /// <summary>A node that can be asked about the others.</summary>
    private async Task<ClusterNode> FindRunningAsync(CancellationToken cancellationToken)
    {
        RequireUp();
        foreach (var node in Nodes)
        {
            if ((await LookAtAsync(node, cancellationToken)).State is NodeState.Running)
            {
                return node;
            }
        }

        throw new LabException("No node runs that could be asked. Run ./lab heal.");
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
            { Answered: true } => IsCutOff(node) ? NodeState.CutOff : NodeState.Running,
            _ when processes.All(static process => process.IsStopped) => NodeState.Frozen,
            { Connected: true } => NodeState.NotResponding,
            _ => await IsDrainedAsync(node, cancellationToken) ? NodeState.Drained : NodeState.AppStopped,
        };
        return new NodeStatus(node.Name, node.Address, state, greeting.Version, Balancer: null);
    }

    // From outside a node under maintenance looks like one without a broker: only it itself can tell.
    private async Task<bool> IsDrainedAsync(ClusterNode node, CancellationToken cancellationToken)
    {
        const string Question = "rabbit_maintenance:is_being_drained_local_read(node()).";
        return (await _ctl.RunAsync(BrokerCtl.Ctl, node.Name, ["eval", Question], cancellationToken)).Output.Trim() is "true";
    }

    // The mark may go away while it is read.
    private bool IsCutOff(ClusterNode node) => ProcFile.ReadLines(_layout.FaultMarkOf(node.Name)) is [var fault] && fault == NameOf(NodeFault.Partition);

    private Task<string> CtlOrFailAsync(string node, string[] arguments, CancellationToken cancellationToken) =>
        ToolOrFailAsync(BrokerCtl.Ctl, node, arguments, cancellationToken);

    private async Task<string> ToolOrFailAsync(string tool, string node, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await _ctl.RunAsync(tool, node, arguments, cancellationToken);
        return result.ExitCode is 0
            ? result.Output
            : throw new LabException($"{tool} {arguments[0]} on {node} ended with {result.ExitCode}: {(result.Error + result.Output).Trim()}");
    }

    // Started to the end, and since then neither taken down nor lost with the machine. Parts of it may be missing: those are faults.
    private bool IsUp(IEnumerable<LabProcess> processes) =>
        File.Exists(_layout.UpFile) && processes.Any(static process => process.Role is BalancerRole || NodeNames.Contains(process.Role));

    private ClusterNode NodeNamed(string node) =>
        Nodes.FirstOrDefault(known => known.Name == node)
        ?? throw new ArgumentException($"There is no node {node}. The nodes are {string.Join(", ", NodeNames)}.", nameof(node));

    private void RequireUp()
    {
        if (!IsUp(_processes.Find()))
        {
            throw new LabException($"The lab in {StateDirectory} is not up. Start it with ./lab up.");
        }
    }
}
