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
/// RabbitMQ nodes behind a load balancer, which can be started, looked at, broken and healed. A topology says which parts there are, and how they belong
/// together; an engine starts, finds and signals the parts; this class asks RabbitMQ and HAProxy, in the same way on every engine.
/// </summary>
public sealed partial class LabCluster
{
    /// <summary>The name of the balancer, used like the name of a node.</summary>
    internal const string BalancerRole = Topology.Balancer;

    /// <summary>The name of the link, used like the name of a node.</summary>
    internal const string LinkRole = Topology.Link;

    private const string BalancerProgram = "haproxy";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(1);

    // A healthy node can be slow for a moment. It counts as broken only if it does not answer for this long.
    private static readonly TimeSpan SlowResponseLimit = TimeSpan.FromSeconds(15);

    private readonly LabClusterOptions _options;
    private readonly IEngine _engine;
    private readonly LabLayout _layout;
    private readonly LabProcesses _processes;

    /// <summary>A lab on this machine's packages, which may or may not be up. The constructor touches nothing.</summary>
    public LabCluster(NativeClusterOptions options)
        : this(new NativeEngine(options), options.Topology, options)
    {
    }

    /// <summary>A lab in containers, which may or may not be up. The constructor touches nothing.</summary>
    public LabCluster(ComposeClusterOptions options)
        : this(new ComposeEngine(options), options.Topology, options)
    {
    }

    internal LabCluster(IEngine engine, Topology topology, LabClusterOptions options)
    {
        (_options, _engine, Topology, _layout) = (options, engine, topology, new LabLayout(RealPath.Of(options.StateDirectory)));
        _processes = new LabProcesses(_layout.Root, options.Time);
        _turns = topology.Parts.Append(LinkRole).Append(ManagerRole).ToDictionary(static part => part, static _ => new SemaphoreSlim(1, 1));
    }

    /// <summary>The lab's parts, and how they belong together.</summary>
    public Topology Topology { get; }

    /// <summary>The nodes, in order. Their names are the values for the parameters called <c>node</c>.</summary>
    public IReadOnlyList<Broker> Nodes => Topology.Brokers;

    /// <summary>The engine that the lab runs on.</summary>
    public Engine Engine => _engine.Kind;

    /// <summary>The certificates and passwords that clients need; null if the lab is open to everyone on this machine.</summary>
    public LabSecrets? Secrets => _layout.FindSecrets();

    /// <summary>
    /// The address that clients connect to, <c>host:port</c>; by TLS, if the lab has <see cref="Secrets"/>. Without a balancer, the virtual address.
    /// </summary>
    public AmqpAddress Balancer => Topology.HasBalancer
        ? new AmqpAddress("localhost", Secrets is null ? _engine.Ports.Balancer : _engine.Ports.BalancerTls)
        : _engine.EntranceOf(Topology.Address);

    /// <summary>The balancer's page of statistics.</summary>
    public Uri Statistics => new($"http://127.0.0.1:{_engine.Ports.Statistics}/");

    /// <summary>The directory for everything that the lab writes on this machine. Its path also tells labs apart.</summary>
    public string StateDirectory => _layout.Root;

    /// <summary>The directory of the nodes' and the balancer's logs. They stay after <see cref="DownAsync"/>.</summary>
    public string LogDirectory => _layout.Logs;

    // This name tells the lab's clusters from all others, and shows a node that has left its cluster: without it, every node reports its own name.
    private string NameOfClusterOf(Broker node)
    {
        var lab = $"cluster-test-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(StateDirectory)).AsSpan(0, 4))}";
        return Topology.Groups.Count is 1 ? lab : $"{lab}-{node.Group}";
    }

    /// <summary>The state directory as it is now.</summary>
    internal LabFolder Folder => LabFolder.Look(_layout.Root);

    /// <summary>Whether the state directory says that this lab, on this engine, has come up and has not been taken down since.</summary>
    internal bool HasComeUp => File.Exists(_layout.UpFile) && Folder.Marker?.Engine == Engine;

    /// <summary>The lab's processes that run on this machine now.</summary>
    public IReadOnlyList<LabProcess> FindProcesses() => _processes.Find();

    /// <summary>Whether the cluster was started, with or without faults in it.</summary>
    public async Task<bool> IsUpAsync(CancellationToken cancellationToken = default)
    {
        Folder.RequireReadable();

        // The lab was started completely, and since then neither taken down nor lost in a restart of the machine. Parts may be missing: those are faults.
        RequireKnownTopology();
        return HasComeUp && await _engine.ExistsAsync(cancellationToken);
    }

    /// <summary>A node's own address, past the balancer; or the virtual address.</summary>
    /// <exception cref="LabException">The node cannot be reached now.</exception>
    public async Task<AmqpAddress> FindAddressAsync(string node, CancellationToken cancellationToken = default)
    {
        if (node is Topology.Address && Topology.IsManaged)
        {
            return EntranceOf(node);
        }

        _ = NodeNamed(node);
        return (await FindPartsAsync(cancellationToken))[node].Address
            ?? throw new LabException($"{node} has no address now and cannot be reached. ./lab status shows its state; ./lab heal repairs it.");
    }

    /// <summary>Looks at every node and at the balancer. A node that does not answer takes one second.</summary>
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
        })])
        {
            Standby = Topology.Standby,
            Manager = isUp ? await FindManagerAsync(cancellationToken) : null,
        };
    }

    /// <summary>Runs <c>rabbitmqctl</c> on a node and returns its output.</summary>
    public async Task<CtlResult> CtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        await RequireUpAsync(topology => topology.BrokerNames.Contains(node), cancellationToken);
        _ = NodeNamed(node);
        return await _engine.ExecAsync(node, BrokerTool.Ctl, arguments, cancellationToken);
    }

    /// <summary>Runs <c>rabbitmqctl</c> on a node with this program's own input, output and error; returns its exit code.</summary>
    public async Task<int> RunCtlAsync(string node, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        await RequireUpAsync(topology => topology.BrokerNames.Contains(node), cancellationToken);
        _ = NodeNamed(node);
        return await _engine.ExecInForegroundAsync(node, BrokerTool.Ctl, arguments, cancellationToken);
    }

    /// <summary>The connections of all clients that have a name, on all nodes.</summary>
    /// <exception cref="LabException">No node runs that can be asked.</exception>
    public async Task<IReadOnlyList<ClientConnection>> FindClientsAsync(CancellationToken cancellationToken = default)
    {
        var asked = await FindRunningAsync(cancellationToken);
        var said = await Task.WhenAll(asked.Select(node => CtlOrFailAsync(node.Name, ClientConnections.Command, cancellationToken)));
        return
        [
            .. asked.Zip(said).SelectMany(pair => ClientConnections.Parse(pair.Second)
                .Select(client => Topology.IsManaged ? client with { Node = pair.First.Name } : client)),
        ];
    }

    /// <summary>
    /// The node that leads a quorum queue of the virtual host <c>/</c>, or that has a classic queue; null if there is no such queue.
    /// </summary>
    /// <exception cref="LabException">No node runs that can be asked.</exception>
    public async Task<string?> FindLeaderAsync(string queue, CancellationToken cancellationToken = default)
    {
        var asked = await FindRunningAsync(cancellationToken);
        return (await Task.WhenAll(asked.Select(node => FindLeaderAsync(node, queue, cancellationToken)))).OfType<string>().FirstOrDefault();
    }

    /// <summary>The leader of a queue in the cluster that a node belongs to; null if that cluster has no such queue.</summary>
    internal async Task<string?> FindLeaderAsync(Broker asked, string queue, CancellationToken cancellationToken) =>
        QueueLeader.Parse(await CtlOrFailAsync(asked.Name, QueueLeader.CommandFor(queue), cancellationToken)) is { } leader
            ? Topology.IsManaged ? asked.Name : leader // a broker with two places has one name
            : null;

    /// <summary>
    /// Name and version of the load balancer, such as <c>HAProxy 2.6.12-1+deb12u4</c>, or of the cluster manager in its place; null if they are unknown.
    /// </summary>
    public async Task<string?> GetBalancerVersionAsync(CancellationToken cancellationToken = default) => Topology.IsManaged
        ? await AskManagerAsync(cancellationToken) is { } report ? $"Pacemaker {report.Version}" : null
        : BalancerVersion.Parse((await _engine.ExecAsync(BalancerRole, BalancerProgram, ["-v"], cancellationToken)).Output);

    /// <summary>Whether something listens at a node's address. Asks the engine if it can tell, because a vain connection costs more.</summary>
    internal async Task<bool> IsListeningAsync(AmqpAddress address, CancellationToken cancellationToken) =>
        _engine.IsListening(address) ?? (await AmqpProbe.GreetAsync(address, GreetingTimeout, cancellationToken)).Connected;

    private Task<AmqpGreeting> GreetAsync(string node, AmqpAddress address, CancellationToken cancellationToken) =>
        AmqpProbe.GreetAsync(address, GreetingTimeout, cancellationToken, Secrets?.TlsTo(node));

    internal Task<IReadOnlyDictionary<string, BalancerServer>?> ReadStatisticsAsync(CancellationToken cancellationToken) => Topology.HasBalancer
        ? BalancerStatistics.ReadAsync(_engine.Ports.Statistics, cancellationToken, Secrets?.StatisticsLogin)
        : Task.FromResult<IReadOnlyDictionary<string, BalancerServer>?>(null);

    internal Task<string> CtlOrFailAsync(string node, string[] arguments, CancellationToken cancellationToken) =>
        ToolOrFailAsync(BrokerTool.Ctl, node, arguments, cancellationToken);

    /// <summary>Waits until a condition holds.</summary>
    internal async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition(cancellationToken))
        {
            await Task.Delay(PollInterval, _options.Time, cancellationToken);
        }
    }

    /// <summary>The nodes that answer clients and are not cut off.</summary>
    private async Task<IReadOnlyList<Broker>> FindAnsweringAsync(CancellationToken cancellationToken)
    {
        var looks = await LookAtAllAsync(cancellationToken);
        return [.. Nodes.Where((_, index) => looks[index].State is NodeState.Running)];
    }

    private async Task<string> ToolOrFailAsync(string tool, string node, string[] arguments, CancellationToken cancellationToken) =>
        OutputOrFail(await _engine.ExecAsync(node, tool, arguments, cancellationToken), tool, node, arguments);

    /// <summary>Runs a command with which a node closes the connections of its clients.</summary>
    internal async Task CloseConnectionsOrFailAsync(string tool, string node, string[] arguments, CancellationToken cancellationToken) =>
        _ = OutputOrFail(
            await ConnectionClosing.RunAsync(token => _engine.ExecAsync(node, tool, arguments, token), cancellationToken), tool, node, arguments);

    private static string OutputOrFail(CtlResult result, string tool, string node, string[] arguments) => result.ExitCode is 0
        ? result.Output
        : throw new LabException($"{tool} {arguments[0]} on {node} ended with exit code {result.ExitCode}: {(result.Error + result.Output).Trim()}");

    /// <summary>A node of each group that can be asked about the others of its group. A group of which no node runs is left out.</summary>
    /// <exception cref="LabException">No node of any group runs.</exception>
    internal async Task<IReadOnlyList<Broker>> FindRunningAsync(CancellationToken cancellationToken)
    {
        await RequireUpAsync(cancellationToken);
        return await FindStartedAsync(cancellationToken);
    }

    // As above, also while the lab starts.
    private async Task<IReadOnlyList<Broker>> FindStartedAsync(CancellationToken cancellationToken)
    {
        var began = _options.Time.GetTimestamp();
        while (true)
        {
            var parts = await FindPartsAsync(cancellationToken);
            var asked = await Task.WhenAll(Topology.Groups.Select(group => FindRunningAsync(group, parts, cancellationToken)));
            if (!asked.Any(static found => found is (null, IsSlow: true)) || _options.Time.GetElapsedTime(began) >= SlowResponseLimit)
            {
                return asked.Select(static found => found.Node).OfType<Broker>().ToList() is { Count: > 0 } running
                    ? running
                    : throw new LabException("No node runs that can be asked. Run ./lab heal.");
            }
        }
    }

    // The first that runs: a look at a node that does not is slow.
    private async Task<(Broker? Node, bool IsSlow)> FindRunningAsync(
        IReadOnlyList<Broker> group, IReadOnlyDictionary<string, LabPart> parts, CancellationToken cancellationToken)
    {
        var isSlow = false;
        foreach (var node in group)
        {
            switch ((await LookAtAsync(node, parts[node.Name], cancellationToken)).State)
            {
                case NodeState.Running:
                    return (node, isSlow);
                case NodeState.NotResponding:
                    isSlow = true;
                    break;
                default:
                    break;
            }
        }

        return (null, isSlow);
    }

    // An engine that cannot cut a node off does not see that a node is cut off: the node's mark shows it.
    private async Task<IReadOnlyDictionary<string, LabPart>> FindPartsAsync(CancellationToken cancellationToken)
    {
        var parts = await _engine.LookAsync(cancellationToken);
        return _engine.CanCut ? parts : parts.ToDictionary(
            static part => part.Key,
            part => part.Value.State is PartState.Running && IsMarkedCutOff(part.Key) ? part.Value with { State = PartState.CutOff } : part.Value);
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
            _ when Topology.IsManaged => NodeState.Standby,
            _ when part.Address is { } listener && await IsListeningAsync(listener, cancellationToken) => NodeState.NotResponding,
            _ => await IsDrainedAsync(node, cancellationToken) ? NodeState.Drained : NodeState.AppStopped,
        };
        return new NodeStatus(node.Name, part.Address, state, greeting.Version, Balancer: null)
        {
            ClusterName = greeting.ClusterName,
            OwnClusterName = NameOfClusterOf(node),
        };
    }

    // From outside, a node under maintenance looks like a node after stop_app: only the node itself can tell the difference.
    private async Task<bool> IsDrainedAsync(Broker node, CancellationToken cancellationToken)
    {
        const string Question = "rabbit_maintenance:is_being_drained_local_read(node()).";
        return (await _engine.ExecAsync(node.Name, BrokerTool.Ctl, ["eval", Question], cancellationToken)).Output.Trim() is "true";
    }

    private Broker NodeNamed(string node) =>
        Nodes.FirstOrDefault(known => known.Name == node)
        ?? throw new LabException($"There is no node {node} in the topology {Topology.Name}. It has {string.Join(", ", Topology.BrokerNames)}.");

    // Every start leaves a lock. A command that finds nothing to change makes none.
    private bool HasBeenStarted => File.Exists(_layout.LockFile) || HasComeUp;

    /// <summary>Takes the lock for a change of the whole lab.</summary>
    private IDisposable TakeLock()
    {
        RequireOwnFolder();
        return HasBeenStarted ? ClusterLock.Take(_layout.LockFile) : throw NotUp();
    }

    /// <summary>Takes the lock for a change of one part.</summary>
    internal Task<IDisposable> ShareLockAsync(CancellationToken cancellationToken)
    {
        RequireOwnFolder();
        return HasBeenStarted ? ClusterLock.ShareAsync(_layout.LockFile, _options.Time, cancellationToken) : throw NotUp();
    }

    /// <summary>Fails unless this lab may write to its state directory.</summary>
    private void RequireOwnFolder()
    {
        var folder = Folder;
        folder.RequireOwn();
        folder.RequireReadable();
        RequireThisEngine();
    }

    // Every command but down has to know which parts there are.
    private void RequireKnownTopology()
    {
        if (HasComeUp && Folder.Marker?.Topology is { } started && started != Topology.Name && TopologyList.Find(started) is null)
        {
            throw new LabException(
                $"The lab in {StateDirectory} has the topology {started}, which this version does not know. End the lab with ./lab down.");
        }
    }

    private void RequireThisEngine()
    {
        if (Folder.Engine is { } engine && engine != Engine)
        {
            var (runs, name) = engine is Engine.Compose ? ("in containers", "compose") : ("on this machine's packages", "native");
            throw new LabException(
                $"The lab in {StateDirectory} runs {runs}. Leave --engine out, or give --engine {name}; for another lab beside it, give another --state-dir.");
        }
    }

    internal async Task RequireUpAsync(CancellationToken cancellationToken)
    {
        if (!await IsUpAsync(cancellationToken))
        {
            throw NotUp();
        }
    }

    /// <summary>Fails unless the lab is up.</summary>
    /// <param name="suits">Whether what the caller wants can be done in a topology, so that the message names one in which it can.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LabException">The lab is not up.</exception>
    internal async Task RequireUpAsync(Func<Topology, bool> suits, CancellationToken cancellationToken)
    {
        RequireOwnFolder();
        if (!await IsUpAsync(cancellationToken))
        {
            throw NotUp(suits(TopologyList.Default) ? "" : TopologyList.Having(suits));
        }
    }

    private LabException NotUp(string topologies = "") =>
        new($"The lab in {StateDirectory} is not up. Start it with ./lab up{(topologies.Length is 0 ? "" : $" --topology {topologies}")}.");
}
