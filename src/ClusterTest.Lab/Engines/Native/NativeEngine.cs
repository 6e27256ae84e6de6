using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>Runs parts from this machine's packages, as processes of the calling user, on loopback alone.</summary>
internal sealed class NativeEngine : IEngine
{
    private const string BalancerProgram = "haproxy";
    private const string BrokerVirtualMachine = "beam.smp";
    private const string PortMapperRole = "epmd";
    private const string SessionProgram = "setsid";
    private const string Loopback = "127.0.0.1";

    private readonly NativeClusterOptions _options;
    private readonly NativeLayout _layout;
    private readonly Launcher _launcher;
    private readonly NativeTools _tools;
    private readonly LabProcesses _processes;

    /// <summary>Makes an engine. Touches nothing.</summary>
    internal NativeEngine(NativeClusterOptions options)
    {
        (_options, _layout) = (options, new NativeLayout(RealPath.Of(options.StateDirectory)));
        _launcher = new Launcher(_layout);
        _tools = new NativeTools(options, _layout);
        _processes = new LabProcesses(_layout.Root, options.Time);
    }

    /// <inheritdoc/>
    public Engine Kind => Engine.Native;

    /// <inheritdoc/>
    public string Whereabouts => "";

    /// <inheritdoc/>
    public LabPorts Ports => _options.Ports;

    /// <inheritdoc/>
    public LabMarker Marker => new LabMarker
    {
        Engine = Engine.Native,
        Broker = _options.BrokerProgram is NativeClusterOptions.DefaultBrokerProgram ? null : _options.BrokerProgram,
        Brokers = _options.BrokerPrograms.Count is 0 ? null : _options.BrokerPrograms,
        Balancer = _options.BalancerProgram,
    }.With(_options.Ports);

    /// <inheritdoc/>
    public bool CanCut => false;

    private LabSecrets? Secrets => _layout.FindSecrets();

    /// <inheritdoc/>
    public Task PrepareAsync(IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (_options.Topology.IsManaged)
        {
            throw new LabException(
                $"The topology {_options.Topology.Name} runs in containers alone: each host needs a network, Corosync and Pacemaker of its own. "
                + "Install Docker, and start it with --engine compose.");
        }

        IReadOnlyList<(string Program, string Option)> brokers = [.. BrokerPrograms().Where(static broker => !File.Exists(broker.Program))];
        IReadOnlyList<(string Program, string Option)> balancer = FindBalancerProgram() is { } found && File.Exists(found)
            ? []
            : [(_options.BalancerProgram ?? BalancerProgram, "--haproxy")];
        List<string> others = [.. new[] { PortMapperRole, SessionProgram }.Where(static program => MachinePrograms.Find(program) is null)];
        if (brokers.Count + balancer.Count + others.Count > 0)
        {
            throw new LabException(Missing(brokers, balancer, others));
        }

        // Another script will not do: the packages' wrapper, for example, changes user and clears the environment.
        foreach (var (program, option) in BrokerPrograms())
        {
            if (!File.Exists(Path.Combine(Path.GetDirectoryName(program)!, "rabbitmq-env")))
            {
                throw new LabException(
                    $"{program} is not RabbitMQ's own start script: there is no rabbitmq-env beside it. "
                    + $"Name the start script with {option}; in the packages it is {NativeClusterOptions.DefaultBrokerProgram}.");
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task RequireAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<bool> BeginAsync(CancellationToken cancellationToken)
    {
        _layout.Write(_options);
        if (_options.Secure)
        {
            await LabSecrets.MakeAsync(_layout.Secrets, cancellationToken);
        }

        await StartPortMapperAsync(cancellationToken);
        return false;
    }

    /// <inheritdoc/>
    public Task RepairAsync(CancellationToken cancellationToken) =>
        _processes.Find(PortMapperRole).Count is 0 ? StartPortMapperAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_processes.Find().Any(process =>
            process.Role is PortMapperRole || _options.Topology.Parts.Contains(process.Role) || TopologyList.BrokerNames.Contains(process.Role)));

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, LabPart>> LookAsync(CancellationToken cancellationToken)
    {
        var processes = _processes.Find();
        return Task.FromResult<IReadOnlyDictionary<string, LabPart>>(_options.Topology.Parts.ToDictionary(
            static part => part,
            part => new LabPart(StateOf([.. processes.Where(process => process.Role == part)]), AddressOf(part))));
    }

    /// <inheritdoc/>
    public Task<bool> IsGoneAsync(string part, CancellationToken cancellationToken) => Task.FromResult(_processes.Find(part).Count is 0);

    /// <inheritdoc/>
    public bool? IsListening(AmqpAddress address) => PortOwner.IsListenedTo(address.Port);

    /// <inheritdoc/>
    public AmqpAddress InnerAddressOf(string node) => new(Loopback, PortOf(node));

    /// <inheritdoc/>
    public AmqpAddress EntranceOf(string node) => new(Loopback, PortOf(node));

    /// <inheritdoc/>
    public Task<string> FindHostAsync(CancellationToken cancellationToken) => Task.FromResult(Loopback);

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> FindPeersAsync(string part, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<string>>(PortOwner.FindPeers(PortOf(part)));

    /// <inheritdoc/>
    public Task StartAsync(string part, CancellationToken cancellationToken) => part is Topology.Balancer
        ? _launcher.StartAsync(
            part,
            FindBalancerProgram()!,
            ["-db", .. BalancerFiles().SelectMany(static file => new[] { "-f", file })],
            BalancerEnvironment(),
            cancellationToken)
        : _launcher.StartAsync(
            part,
            _options.BrokerProgramOf(part),
            [],
            BrokerEnvironment.ForNode(_layout, _options.Ports, part, IndexOf(part)),
            cancellationToken);

    /// <inheritdoc/>
    public Task EndAsync(string part, CancellationToken cancellationToken) =>
        _processes.TerminateAsync(part, part is Topology.Balancer ? BalancerProgram : BrokerVirtualMachine, cancellationToken);

    /// <inheritdoc/>
    public Task KillAsync(string part, CancellationToken cancellationToken) => _processes.KillAsync(part, cancellationToken);

    /// <inheritdoc/>
    public Task PauseAsync(string part, CancellationToken cancellationToken) => _processes.PauseAsync(part, cancellationToken);

    /// <inheritdoc/>
    public Task ResumeAsync(string part, CancellationToken cancellationToken) => _processes.ResumeAsync(part, cancellationToken);

    /// <inheritdoc/>
    public Task CutAsync(string part, CancellationToken cancellationToken) => throw new NotSupportedException("On loopback no part can be cut off.");

    /// <inheritdoc/>
    public Task JoinAsync(string part, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task<CtlResult> ExecAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        if (part is not Topology.Balancer)
        {
            return await _tools.RunAsync(program, part, arguments, cancellationToken);
        }

        if (FindBalancerProgram() is not { } path)
        {
            return new CtlResult(ExitCode: 127, "", $"Not installed: {program}.");
        }

        var said = await CliWrap.Cli.Wrap(path).WithArguments(arguments).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(cancellationToken);
        return new CtlResult(said.ExitCode, said.StandardOutput, said.StandardError);
    }

    /// <inheritdoc/>
    public Task<int> ExecInForegroundAsync(string part, string program, IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        _tools.PassThroughAsync(program, part, arguments, cancellationToken);

    /// <inheritdoc/>
    public Task<string> LogTailAsync(string part, CancellationToken cancellationToken) => Task.FromResult(LogTail.Of(_layout.LogOf(part)));

    /// <inheritdoc/>
    public Task<int> RemoveAsync(CancellationToken cancellationToken) => _processes.KillAsync(cancellationToken: cancellationToken);

    private async Task StartPortMapperAsync(CancellationToken cancellationToken)
    {
        var environment = BrokerEnvironment.Clean();
        environment["ERL_EPMD_PORT"] = _options.Ports.PortMapper.ToString(CultureInfo.InvariantCulture);
        await _launcher.StartAsync(PortMapperRole, MachinePrograms.Find(PortMapperRole)!, ["-address", "127.0.0.1"], environment, cancellationToken);
        await this.WaitAsync(PortMapperRole, _ => Task.FromResult(PortOwner.IsListenedTo(_options.Ports.PortMapper)), _options, cancellationToken);
    }

    private Dictionary<string, string?> BalancerEnvironment()
    {
        var environment = BrokerEnvironment.Clean();
        environment["TOPOLOGY"] = _options.Topology.BalancerFiles.Count > 1 ? _options.Topology.Name : null;
        environment["STATISTICS_ADMIN"] = _options.Topology.Standby is null ? null : "yes";
        environment["STATISTICS_BIND"] = $"127.0.0.1:{_options.Ports.Statistics}";
        environment[Secrets is null ? "BALANCER_BIND" : "AMQPS_BIND"] = $"127.0.0.1:{(Secrets is null ? _options.Ports.Balancer : _options.Ports.BalancerTls)}";
        if (Secrets is { } secrets)
        {
            environment["AMQPS_ONLY"] = "yes";
            environment["SECRETS"] = secrets.Directory;
        }

        foreach (var node in _options.Topology.BrokerNames)
        {
            environment[Secrets is null ? VariableOf(node) : $"{VariableOf(node)}_TLS"] = AddressOf(node)!.ToString();
        }

        return environment;
    }

    // Each with the option that names it.
    private IEnumerable<(string Program, string Option)> BrokerPrograms() => _options.Topology.BrokerNames
        .Select(node => (_options.BrokerProgramOf(node), _options.BrokerPrograms.ContainsKey(node) ? $"--{node}" : "--broker"))
        .Distinct();

    // What the user named was named wrongly; the packages would not help.
    private string Missing(
        IReadOnlyList<(string Program, string Option)> brokers, IReadOnlyList<(string Program, string Option)> balancer, IReadOnlyList<string> others)
    {
        List<string> named =
        [
            .. brokers.Where(static broker => broker.Program is not NativeClusterOptions.DefaultBrokerProgram).Select(static broker => broker.Option),
        ];
        var isBalancerNamed = balancer is not [] && _options.BalancerProgram is not null;
        string[] advice =
        [
            others is [] && named.Count == brokers.Count && (balancer is [] || isBalancerNamed)
                ? ""
                : "Run eng/provision, or as root: apt-get install rabbitmq-server haproxy. "
                    + "If they are installed elsewhere, name them with --broker and --haproxy.",
            named is [] ? "" : $"{string.Join(" or ", named)} takes the folder of an installation of RabbitMQ, or its start script rabbitmq-server.",
            isBalancerNamed ? "--haproxy takes the path of the program." : "",
        ];
        return $"Not installed: {string.Join(", ", [.. brokers.Concat(balancer).Select(static part => part.Program).Distinct(), .. others])}. "
            + string.Join(' ', advice.Where(static sentence => sentence.Length > 0));
    }

    private static string VariableOf(string node) => node.ToUpperInvariant().Replace('-', '_');

    private string? FindBalancerProgram() => _options.BalancerProgram ?? MachinePrograms.Find(BalancerProgram);

    private IEnumerable<string> BalancerFiles() =>
    [
        .. _options.Topology.BalancerFiles.Select(file => Path.Combine(_options.Checkout, file)),
        .. Secrets is { } secrets ? [secrets.StatisticsFile] : Array.Empty<string>(),
    ];

    private static PartState StateOf(IReadOnlyList<LabProcess> processes) => processes switch
    {
        [] => PartState.Down,
        _ when processes.All(static process => process.IsStopped) => PartState.Frozen,
        _ => PartState.Running,
    };

    private AmqpAddress? AddressOf(string part) => part is Topology.Balancer ? null : new AmqpAddress(Loopback, PortOf(part));

    private int PortOf(string node) => _options.Ports.FirstNode + IndexOf(node);

    private int IndexOf(string node) => _options.Topology.BrokerNames.Index().First(known => known.Item == node).Index;
}
