using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>Three brokers and a balancer from this machine's packages, as processes of the calling user, on loopback alone.</summary>
public sealed class NativeCluster : LabCluster
{
    private const string BrokerVirtualMachine = "beam.smp";
    private const string PortMapperRole = "epmd";
    private const string SessionProgram = "setsid";

    private readonly NativeClusterOptions _options;
    private readonly NativeLayout _layout;
    private readonly Launcher _launcher;
    private readonly NativeTools _tools;

    /// <summary>A cluster that may or may not be running; nothing is touched yet.</summary>
    public NativeCluster(NativeClusterOptions options)
        : this(options, new NativeLayout(RealPath.Of(options.StateDirectory)))
    {
    }

    private NativeCluster(NativeClusterOptions options, NativeLayout layout)
        : base(options, options.Ports, layout)
    {
        (_options, _layout) = (options, layout);
        _launcher = new Launcher(layout);
        _tools = new NativeTools(options, layout);
    }

    /// <inheritdoc/>
    public override Engine Engine => Engine.Native;

    private protected override string Whereabouts => "";

    internal override bool MarksPartitions => true;

    /// <inheritdoc/>
    public override async Task<string?> GetBalancerVersionAsync(CancellationToken cancellationToken = default)
    {
        if (FindBalancerProgram() is not { } program)
        {
            return null;
        }

        var said = await CliWrap.Cli.Wrap(program).WithArguments("-v").WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        return BalancerVersion.Parse(said.StandardOutput);
    }

    internal override Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        List<string> missing =
        [
            .. new[] { _options.BrokerProgram }.Where(static program => !File.Exists(program)),
            .. FindBalancerProgram() is { } balancer && File.Exists(balancer) ? Array.Empty<string>() : [_options.BalancerProgram ?? BalancerProgram],
            .. new[] { PortMapperRole, SessionProgram }.Where(static program => MachinePrograms.Find(program) is null),
        ];
        if (missing is not [])
        {
            throw new LabException($"Not installed: {string.Join(", ", missing)}. Run eng/provision, or as root: apt-get install rabbitmq-server haproxy. "
                + "What is installed elsewhere is named by --broker and --haproxy.");
        }

        // The packages' wrapper, for one, changes user, and clears the environment.
        return File.Exists(Path.Combine(Path.GetDirectoryName(_options.BrokerProgram)!, "rabbitmq-env"))
            ? Task.CompletedTask
            : throw new LabException($"{_options.BrokerProgram} is not the broker's own start script: that one has a rabbitmq-env beside it. The packages' is {NativeClusterOptions.DefaultBrokerProgram}.");
    }

    private protected override LabMarker Marker => new LabMarker
    {
        Engine = Engine.Native,
        Broker = _options.BrokerProgram is NativeClusterOptions.DefaultBrokerProgram ? null : _options.BrokerProgram,
        Balancer = _options.BalancerProgram,
    }.With(_options.Ports);

    private protected override Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Processes.Find().Any(static process => process.Role is BalancerRole || NodeNames.Contains(process.Role)));

    private protected override Task<IReadOnlyDictionary<string, LabPart>> FindPartsAsync(CancellationToken cancellationToken)
    {
        var processes = Processes.Find();
        return Task.FromResult<IReadOnlyDictionary<string, LabPart>>(NodeNames.Append(BalancerRole).ToDictionary(
            static role => role,
            role => new LabPart(StateOf(role, [.. processes.Where(process => process.Role == role)]), AddressOf(role))));
    }

    private protected override Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken) => Task.FromResult(Processes.Find(part).Count is 0);

    private protected override Task<CtlResult> RunToolAsync(string tool, string node, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        _tools.RunAsync(tool, node, arguments, cancellationToken);

    private protected override Task<int> PassThroughAsync(string node, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        _tools.PassThroughAsync(node, arguments, cancellationToken);

    internal override Task<bool> IsListeningAsync(AmqpAddress address, CancellationToken cancellationToken) =>
        Task.FromResult(PortOwner.IsListenedTo(address.Port));

    private protected override void WriteFiles() => _layout.Write(_options);

    private protected override async Task StartPartsAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (_options.Secure)
        {
            await LabSecrets.MakeAsync(_layout.Secrets, cancellationToken);
        }

        await StartPortMapperAsync(cancellationToken);
        await StartNodeAsync(Nodes[0].Name, progress, cancellationToken);
        await Task.WhenAll(Nodes.Skip(1).Select(node => StartNodeAsync(node.Name, progress, cancellationToken)));

        // The balancer comes last: it would take nodes that do not answer yet for down, and need two checks to think better of it.
        await StartBalancerAsync(cancellationToken);
    }

    private protected override Task LaunchAsync(string part, CancellationToken cancellationToken) => part is BalancerRole
        ? _launcher.StartAsync(part, FindBalancerProgram()!, ["-db", "-f", _options.BalancerConfiguration, .. BalancerUsers()], BalancerEnvironment(), cancellationToken)
        : _launcher.StartAsync(part, _options.BrokerProgram, [], BrokerEnvironment.ForNode(_layout, _options.Ports, part, IndexOf(part)), cancellationToken);

    private protected override Task<int> RemoveAsync(CancellationToken cancellationToken) => Processes.KillAsync(cancellationToken: cancellationToken);

    private protected override Task<string> LogTailAsync(string part, CancellationToken cancellationToken) => Task.FromResult(LogTail.Of(_layout.LogOf(part)));

    internal override Task KillAsync(string part, CancellationToken cancellationToken) => Processes.KillAsync(part, cancellationToken);

    internal override Task TerminateAsync(string part, CancellationToken cancellationToken) =>
        Processes.TerminateAsync(part, part is BalancerRole ? BalancerProgram : BrokerVirtualMachine, cancellationToken);

    internal override Task FreezeAsync(string node, CancellationToken cancellationToken) => Processes.FreezeAsync(node, cancellationToken);

    private protected override Task ThawAsync(string node, CancellationToken cancellationToken) => Processes.ThawAsync(node, cancellationToken);

    internal override Task<IReadOnlySet<string>> FindPeersAsync(string node, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(PortOwner.FindPeers(PortOf(node)));

    /// <summary>Gives a node another secret than the others have: it can then neither call them nor be called by them, until it starts anew.</summary>
    internal override async Task CutOffAsync(string victim, CancellationToken cancellationToken)
    {
        var others = Nodes.Where(node => node.Name != victim).ToList();
        var names = string.Join(", ", others.Select(static node => $"{node.Name}@localhost"));
        _ = await CtlOrFailAsync(
            victim, ["eval", $"[begin erlang:set_cookie(Other, cut_off), erlang:disconnect_node(Other) end || Other <- [{names}]]."], cancellationToken);
        var running = await FindAnsweringAsync(cancellationToken);
        await UntilAsync(
            async token =>
            {
                var known = await Task.WhenAll(others.Where(running.Contains).Select(node => ConnectedNodesAsync(node.Name, token)));
                var knows = await ConnectedNodesAsync(victim, token);
                return !known.Any(nodes => nodes.Contains($"{victim}@", StringComparison.Ordinal))
                    && !others.Exists(node => knows.Contains($"{node.Name}@", StringComparison.Ordinal));
            },
            cancellationToken);
    }

    private protected override Task RepairEngineAsync(CancellationToken cancellationToken) =>
        Processes.Find(PortMapperRole).Count is 0 ? StartPortMapperAsync(cancellationToken) : Task.CompletedTask;

    private async Task StartPortMapperAsync(CancellationToken cancellationToken)
    {
        var environment = BrokerEnvironment.Clean();
        environment["ERL_EPMD_PORT"] = _options.Ports.PortMapper.ToString(CultureInfo.InvariantCulture);
        await _launcher.StartAsync(PortMapperRole, MachinePrograms.Find(PortMapperRole)!, ["-address", "127.0.0.1"], environment, cancellationToken);
        await WaitAsync(PortMapperRole, _ => Task.FromResult(PortOwner.IsListenedTo(_options.Ports.PortMapper)), cancellationToken);
    }

    private Dictionary<string, string?> BalancerEnvironment()
    {
        var environment = BrokerEnvironment.Clean();
        environment["STATISTICS_BIND"] = $"127.0.0.1:{_options.Ports.Statistics}";
        environment[Secrets is null ? "BALANCER_BIND" : "AMQPS_BIND"] = $"127.0.0.1:{Balancer.Port}";
        if (Secrets is { } secrets)
        {
            environment["AMQPS_ONLY"] = "yes";
            environment["SECRETS"] = secrets.Directory;
        }

        foreach (var node in NodeNames)
        {
            environment[Secrets is null ? node.ToUpperInvariant() : $"{node.ToUpperInvariant()}_TLS"] = AddressOf(node)!.ToString();
        }

        return environment;
    }

    private string? FindBalancerProgram() => _options.BalancerProgram ?? MachinePrograms.Find(BalancerProgram);

    private string[] BalancerUsers() => Secrets is { } secrets ? ["-f", secrets.StatisticsFile] : [];

    private PartState StateOf(string role, IReadOnlyList<LabProcess> processes) => processes switch
    {
        [] => PartState.Down,
        _ when processes.All(static process => process.IsStopped) => PartState.Frozen,
        _ when IsCutOff(role) => PartState.CutOff,
        _ => PartState.Running,
    };

    private bool IsCutOff(string role) => MarkOf(role) is { } fault && FaultList.Find(fault) is { CutsOff: true };

    private AmqpAddress? AddressOf(string role) => role is BalancerRole ? null : new AmqpAddress("127.0.0.1", PortOf(role));

    private int PortOf(string node) => _options.Ports.FirstNode + IndexOf(node);

    private static int IndexOf(string node) => NodeNames.Index().First(known => known.Item == node).Index;

    private Task<string> ConnectedNodesAsync(string node, CancellationToken cancellationToken) =>
        CtlOrFailAsync(node, ["eval", "nodes()."], cancellationToken);
}
