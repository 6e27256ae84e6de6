using System.Security.Cryptography;
using System.Text;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Labs;

/// <summary>
/// RabbitMQ nodes behind a load balancer that can be started, looked at, broken and healed. A topology says which parts there are, and how they belong
/// together; an engine starts, finds and signals them; what is asked of RabbitMQ and HAProxy for that is written here, once.
/// </summary>
public sealed partial class LabCluster
{
    /// <summary>What the balancer is called, where nodes have their names.</summary>
    internal const string BalancerRole = Topology.Balancer;

    private const string BalancerProgram = "haproxy";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(1);

    // A healthy node may be slow for a moment: so long it is looked at again before it is taken for broken.
    private static readonly TimeSpan ResponsePatience = TimeSpan.FromSeconds(15);

    private readonly LabClusterOptions _options;
    private readonly IEngine _engine;
    private readonly LabLayout _layout;
    private readonly LabProcesses _processes;

    /// <summary>A lab on this machine's packages, which may or may not be up; nothing is touched yet.</summary>
    public LabCluster(NativeClusterOptions options)
        : this(new NativeEngine(options), options.Topology, options)
    {
    }

    /// <summary>A lab in containers, which may or may not be up; nothing is touched yet.</summary>
    public LabCluster(ComposeClusterOptions options)
        : this(new ComposeEngine(options), options.Topology, options)
    {
    }

    internal LabCluster(IEngine engine, Topology topology, LabClusterOptions options)
    {
        (_options, _engine, Topology, _layout) = (options, engine, topology, new LabLayout(RealPath.Of(options.StateDirectory)));
        _processes = new LabProcesses(_layout.Root, options.Time);
        _turns = topology.Parts.ToDictionary(static part => part, static _ => new SemaphoreSlim(1, 1));
    }

    /// <summary>Which parts it has.</summary>
    public Topology Topology { get; }

    /// <summary>The nodes, in order; their names are what the other members take as <c>node</c>.</summary>
    public IReadOnlyList<Broker> Nodes => Topology.Brokers;

    /// <summary>What it runs on.</summary>
    public Engine Engine => _engine.Kind;

    /// <summary>What clients need to be let in; null if the lab is open to everyone on this machine.</summary>
    public LabSecrets? Secrets => _layout.FindSecrets();

    /// <summary>Where clients connect, <c>host:port</c>; by TLS, if it takes <see cref="Secrets"/>.</summary>
    public AmqpAddress Balancer => new("localhost", Secrets is null ? _engine.Ports.Balancer : _engine.Ports.BalancerTls);

    /// <summary>Where the balancer shows its statistics.</summary>
    public Uri Statistics => new($"http://127.0.0.1:{_engine.Ports.Statistics}/");

    /// <summary>Everything that the cluster writes on this machine is in here, and its path tells clusters apart.</summary>
    public string StateDirectory => _layout.Root;

    /// <summary>Where the nodes' and the balancer's logs are after <see cref="DownAsync"/>.</summary>
    public string LogDirectory => _layout.Logs;

    // What tells this lab's clusters from all others, and a node that has left its own: by itself every node gives its own name for the cluster's.
    private string NameOfClusterOf(Broker node)
    {
        var lab = $"cluster-test-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StateDirectory)).AsSpan(0, 4))}";
        return Topology.Groups.Count is 1 ? lab : $"{lab}-{node.Group}";
    }

    /// <summary>The state directory as it is now.</summary>
    internal LabFolder Folder => LabFolder.Look(_layout.Root);

    /// <summary>Whether the state directory says that this lab, on this engine, has come up and has not gone down since.</summary>
    internal bool HasComeUp => File.Exists(_layout.UpFile) && Folder.Marker?.Engine == Engine;

    /// <summary>The processes of this lab on this machine that run now.</summary>
    public IReadOnlyList<LabProcess> FindProcesses() => _processes.Find();

    /// <summary>Whether the cluster was started, with or without faults in it.</summary>
    public async Task<bool> IsUpAsync(CancellationToken cancellationToken = default)
    {
        Folder.RequireReadable();

        // Started to the end, and since then neither taken down nor lost with the machine. Parts of it may be missing: those are faults.
        return HasComeUp && await _engine.ExistsAsync(cancellationToken);
    }

    /// <summary>Where a node itself can be reached, past the balancer.</summary>
    /// <exception cref="LabException">There is no way to it, for now.</exception>
    public async Task<AmqpAddress> FindAddressAsync(string node, CancellationToken cancellationToken = default)
    {
        _ = NodeNamed(node);
        return (await FindPartsAsync(cancellationToken))[node].Address ?? throw new LabException($"There is no way to {node} now. See ./lab status.");
    }

    /// <summary>Looks at every node and at the balancer; a node that does not answer costs one second.</summary>
    public async Task<ClusterStatus> GetStatusAsync(CancellationToken cancellationToken = default)
    {
        var isUp = await IsUpAsync(cancellationToken);
        var statistics = ReadStatisticsAsync(cancellationToken);
        var nodes = await LookAtAllAsync(cancellationToken);
        var servers = await statistics;
        return new ClusterStatus(Topology.Name, isUp, Balancer, servers is not null, [.. nodes.Select(node => node with
        {
            Balancer = servers?.GetValueOrDefault(node.Name),
            IsBalanced = Topology.Balanced.Contains(node.Name),
        })]);
    }

    /// <summary>Runs <c>rabbitmqctl</c> on a node and returns what it said.</summary>
    public async Task<CtlResult> CtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        _ = NodeNamed(node);
        await RequireUpAsync(cancellationToken);
        return await _engine.ExecAsync(node, BrokerTool.Ctl, arguments, cancellationToken);
    }

    /// <summary>Runs <c>rabbitmqctl</c> on a node with this program's own input, output and error; returns its exit code.</summary>
    public async Task<int> RunCtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        _ = NodeNamed(node);
        await RequireUpAsync(cancellationToken);
        return await _engine.ExecInForegroundAsync(node, BrokerTool.Ctl, arguments, cancellationToken);
    }

    /// <summary>The connections of all clients that have a name, on all nodes.</summary>
    /// <exception cref="LabException">There is no node that could be asked.</exception>
    public async Task<IReadOnlyList<ClientConnection>> FindClientsAsync(CancellationToken cancellationToken = default)
    {
        var asked = await FindRunningAsync(cancellationToken);
        return [.. ClientConnections.Parse(await CtlOrFailAsync(asked.Name, ClientConnections.Command, cancellationToken))];
    }

    /// <summary>The node that leads a queue of the virtual host <c>/</c>, or that has it if it is a classic one; null if there is no such queue.</summary>
    /// <exception cref="LabException">There is no node that could be asked.</exception>
    public async Task<string?> FindLeaderAsync(string queue, CancellationToken cancellationToken = default)
    {
        var asked = await FindRunningAsync(cancellationToken);
        return QueueLeader.Parse(await CtlOrFailAsync(asked.Name, QueueLeader.CommandFor(queue), cancellationToken));
    }

    /// <summary>Name and version of the load balancer, such as <c>HAProxy 2.6.12-1+deb12u4</c>; null if it does not tell.</summary>
    public async Task<string?> GetBalancerVersionAsync(CancellationToken cancellationToken = default) =>
        BalancerVersion.Parse((await _engine.ExecAsync(BalancerRole, BalancerProgram, ["-v"], cancellationToken)).Output);

    /// <summary>Whether something listens at a node's address; cheaper, where there is a way, than to connect in vain.</summary>
    internal async Task<bool> IsListeningAsync(AmqpAddress address, CancellationToken cancellationToken) =>
        _engine.IsListening(address) ?? (await AmqpProbe.GreetAsync(address, GreetingTimeout, cancellationToken)).Connected;

    private Task<AmqpGreeting> GreetAsync(string node, AmqpAddress address, CancellationToken cancellationToken) =>
        AmqpProbe.GreetAsync(address, GreetingTimeout, cancellationToken, Secrets?.TlsTo(node));

    internal Task<IReadOnlyDictionary<string, BalancerServer>?> ReadStatisticsAsync(CancellationToken cancellationToken) =>
        BalancerStatistics.ReadAsync(_engine.Ports.Statistics, cancellationToken, Secrets?.StatisticsLogin);

    internal Task<string> CtlOrFailAsync(string node, string[] arguments, CancellationToken cancellationToken) =>
        ToolOrFailAsync(BrokerTool.Ctl, node, arguments, cancellationToken);

    /// <summary>Waits until something is so.</summary>
    internal async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition(cancellationToken))
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    /// <summary>The nodes that clients can use, and belong to the cluster.</summary>
    private async Task<IReadOnlyList<Broker>> FindAnsweringAsync(CancellationToken cancellationToken)
    {
        var looks = await LookAtAllAsync(cancellationToken);
        return [.. Nodes.Where((_, index) => looks[index].State is NodeState.Running)];
    }

    private async Task<string> ToolOrFailAsync(string tool, string node, string[] arguments, CancellationToken cancellationToken) =>
        OutputOrFail(await _engine.ExecAsync(node, tool, arguments, cancellationToken), tool, node, arguments);

    /// <summary>Runs a command with which a broker closes the connections of its clients.</summary>
    internal async Task CloseConnectionsOrFailAsync(string tool, string node, string[] arguments, CancellationToken cancellationToken) =>
        _ = OutputOrFail(
            await ConnectionClosing.RunAsync(token => _engine.ExecAsync(node, tool, arguments, token), cancellationToken), tool, node, arguments);

    private static string OutputOrFail(CtlResult result, string tool, string node, string[] arguments) => result.ExitCode is 0
        ? result.Output
        : throw new LabException($"{tool} {arguments[0]} on {node} ended with {result.ExitCode}: {(result.Error + result.Output).Trim()}");

    /// <summary>A node that can be asked about the others.</summary>
    internal async Task<Broker> FindRunningAsync(CancellationToken cancellationToken)
    {
        await RequireUpAsync(cancellationToken);
        var began = _options.Time.GetTimestamp();
        for (var isSlow = true; isSlow && _options.Time.GetElapsedTime(began) < ResponsePatience;)
        {
            isSlow = false;
            var parts = await FindPartsAsync(cancellationToken);
            foreach (var node in Nodes)
            {
                switch ((await LookAtAsync(node, parts[node.Name], cancellationToken)).State)
                {
                    case NodeState.Running:
                        return node;
                    case NodeState.NotResponding:
                        isSlow = true;
                        break;
                    default:
                        break;
                }
            }
        }

        throw new LabException("No node runs that could be asked. Run ./lab heal.");
    }

    // Where the engine cannot cut a node off, it does not see that one is.
    private async Task<IReadOnlyDictionary<string, LabPart>> FindPartsAsync(CancellationToken cancellationToken)
    {
        var parts = await _engine.LookAsync(cancellationToken);
        return _engine.CanCut ? parts : parts.ToDictionary(
            static part => part.Key, part => part.Value.State is PartState.Running && IsMarkedCutOff(part.Key) ? part.Value with { State = PartState.CutOff } : part.Value);
    }

    private async Task<NodeStatus[]> LookAtAllAsync(CancellationToken cancellationToken)
    {
        var parts = await FindPartsAsync(cancellationToken);
        return await Task.WhenAll(Nodes.Select(node => LookAtAsync(node, parts[node.Name], cancellationToken)));
    }

    private async Task<NodeStatus> LookAtAsync(Broker node, CancellationToken cancellationToken) =>
        await LookAtAsync(node, (await FindPartsAsync(cancellationToken))[node.Name], cancellationToken);

    private async Task<NodeStatus> LookAtAsync(Broker node, LabPart part, CancellationToken cancellationToken)
    {
        var greeting = part is { State: PartState.CutOff or PartState.Running, Address: { } address }
            ? await GreetAsync(node.Name, address, cancellationToken)
            : new AmqpGreeting(Connected: false, Answered: false, Version: null);
        var state = (part.State, greeting) switch
        {
            (PartState.Down, _) => NodeState.Down,
            (PartState.Frozen, _) => NodeState.Frozen,
            (PartState.CutOff, _) => NodeState.CutOff,
            (_, { Answered: true }) => NodeState.Running,
            (_, { Connected: true }) => NodeState.NotResponding,
            _ when part.Address is { } silent && await IsListeningAsync(silent, cancellationToken) => NodeState.NotResponding,
            _ => await IsDrainedAsync(node, cancellationToken) ? NodeState.Drained : NodeState.AppStopped,
        };
        return new NodeStatus(node.Name, part.Address, state, greeting.Version, Balancer: null)
        {
            ClusterName = greeting.ClusterName,
            OwnClusterName = NameOfClusterOf(node),
        };
    }

    // From outside a node under maintenance looks like one without a broker: only it itself can tell.
    private async Task<bool> IsDrainedAsync(Broker node, CancellationToken cancellationToken)
    {
        const string Question = "rabbit_maintenance:is_being_drained_local_read(node()).";
        return (await _engine.ExecAsync(node.Name, BrokerTool.Ctl, ["eval", Question], cancellationToken)).Output.Trim() is "true";
    }

    private Broker NodeNamed(string node) =>
        Nodes.FirstOrDefault(known => known.Name == node)
        ?? throw new LabException($"There is no node {node} in the topology {Topology.Name}. It has {string.Join(", ", Topology.BrokerNames)}.");

    /// <summary>Takes the lock for a change of everything.</summary>
    private IDisposable TakeLock()
    {
        RequireOwnFolder();
        return Directory.Exists(StateDirectory) ? ClusterLock.Take(_layout.LockFile) : throw NotUp();
    }

    /// <summary>Takes the lock for a change of a part.</summary>
    internal Task<IDisposable> ShareLockAsync(CancellationToken cancellationToken)
    {
        RequireOwnFolder();
        return Directory.Exists(StateDirectory) ? ClusterLock.ShareAsync(_layout.LockFile, _options.Time, cancellationToken) : throw NotUp();
    }

    /// <summary>Before anything is written.</summary>
    private void RequireOwnFolder()
    {
        var folder = Folder;
        folder.RequireOwn();
        folder.RequireReadable();
        RequireThisEngine();
    }

    private void RequireThisEngine()
    {
        if (Folder.Engine is { } engine && engine != Engine)
        {
            throw new LabException($"The lab in {StateDirectory} runs {(engine is Engine.Compose ? "in containers" : "on this machine's packages")}. Leave --engine out, or name that one; for another lab beside it, name another --state-dir.");
        }
    }

    internal async Task RequireUpAsync(CancellationToken cancellationToken)
    {
        if (!await IsUpAsync(cancellationToken))
        {
            throw NotUp();
        }
    }

    private LabException NotUp() => new($"The lab in {StateDirectory} is not up. Start it with ./lab up.");
}
