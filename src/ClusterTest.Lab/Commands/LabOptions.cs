using System.CommandLine;
using System.CommandLine.Completions;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Commands;

/// <summary>The options that every command takes: they select the lab.</summary>
internal sealed class LabOptions
{
    private readonly Option<Engine?> _engine = WithRecursion(OptionParsing.Choice(
        "--engine",
        "Run the lab on this engine: native is this machine's packages, compose is containers of Docker Compose. auto takes the lab that is up; "
        + "to start a lab, it takes compose if Docker answers and has or gets the images, else native. [default: auto]",
        new Dictionary<string, Engine> { ["auto"] = Engine.Auto, ["native"] = Engine.Native, ["compose"] = Engine.Compose }));

    private readonly Option<string?> _stateDirectory = new("--state-dir")
    {
        Description = "Keep the lab's state in this folder. Each folder is a separate lab. [default: .lab/native or .lab/compose in the repository]",
        HelpName = "DIRECTORY",
        Recursive = true,
    };

    private readonly Option<int?> _portBase = WithRecursion(OptionParsing.Number<int>(
        "--port-base",
        $"Give the load balancer this port, and move all other ports by the same distance. [default: {LabPorts.DefaultBase}, or what the lab was started with]",
        LabPorts.LeastBase,
        LabPorts.GreatestBase,
        "a port"));

    private readonly Option<string?> _broker = new("--broker")
    {
        Description = "Use this RabbitMQ for a native lab: the folder of an installation, or its start script rabbitmq-server. "
            + $"[default: {NativeClusterOptions.DefaultBrokerProgram}, or what the lab was started with]",
        HelpName = "PATH",
        Recursive = true,
    };

    private readonly Option<string?> _haproxy = new("--haproxy")
    {
        Description = "Use the HAProxy program at this path for a native lab. [default: haproxy in the PATH, or what the lab was started with]",
        HelpName = "PATH",
        Recursive = true,
    };

    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show the stack trace of an error.", Recursive = true };

    /// <summary>The option for the commands that start a lab.</summary>
    internal Option<Topology?> Topology { get; } = new("--topology")
    {
        Description = "Start a lab with these parts: "
            + string.Join("; ", TopologyList.All.Select(static topology => $"{topology.Name} is {topology.Help}"))
            + $". [default: {TopologyList.Default.Name}, or what the lab was started as]",
        HelpName = string.Join('|', TopologyList.All.Select(static topology => topology.Name)),
        CompletionSources = { static _ => TopologyList.All.Select(static topology => new CompletionItem(topology.Name)) },
        CustomParser = static result =>
        {
            var found = TopologyList.Find(result.Tokens[0].Value);
            if (found is null)
            {
                var names = string.Join(", ", TopologyList.All.Select(static topology => topology.Name));
                result.AddError($"--topology: '{result.Tokens[0].Value}' is not one of {names}.");
            }

            return found;
        },
    };

    // The nodes of a topology whose nodes may have different versions are named in options of their own.
    private readonly IReadOnlyList<Option<string?>> _versions =
    [
        .. TopologyList.All.Where(static topology => topology.Standby is not null).SelectMany(static topology => topology.BrokerNames.Select(node =>
            new Option<string?>($"--{node}")
            {
                Description = $"Give the {node} of the topology {topology.Name} this RabbitMQ: an image, or for a native lab a path as for --broker. "
                    + "[default: what its Compose file says; native: that of --broker]",
                HelpName = "IMAGE|PATH",
            })),
    ];

    /// <summary>The option for <c>up</c>.</summary>
    internal Option<bool> Secure { get; } = new("--secure")
    {
        Description = "Let nobody in without a certificate and a password: TLS only, no user guest, "
            + "an account with the rights that the programs need, and a login on the statistics page.",
    };

    /// <summary>Adds the options to a command and to its subcommands.</summary>
    internal void AddTo(Command command)
    {
        command.Options.Add(_engine);
        command.Options.Add(_stateDirectory);
        command.Options.Add(_portBase);
        command.Options.Add(_broker);
        command.Options.Add(_haproxy);
        command.Options.Add(_verbose);
    }

    /// <summary>Adds the options that say what lab to start.</summary>
    internal void AddStartTo(Command command)
    {
        command.Options.Add(Topology);
        foreach (var version in _versions)
        {
            command.Options.Add(version);
        }
    }

    internal bool IsVerbose(ParseResult parsed) => parsed.GetValue(_verbose);

    /// <summary>The labs that the command line can refer to: the native one and the one in containers.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="topology">The topology for a lab that is not up; null for that of the command line.</param>
    internal LabChoice Labs(ParseResult parsed, Topology? topology = null)
    {
        var root = RepositoryRoot.Find();
        var directory = parsed.GetValue(_stateDirectory) is { } written ? RealPath.Of(written) : null;
        var native = NativeClusterOptions.Load(directory ?? Path.Combine(root, ".lab", "native"));
        var compose = ComposeClusterOptions.Load(directory ?? Path.Combine(root, ".lab", "compose"));
        if (parsed.GetValue(_portBase) is { } portBase)
        {
            native = native with { Ports = NativePorts.FromBase(portBase) };
            compose = compose with { Ports = ComposePorts.FromBase(portBase) };
        }

        if (FaultTimeoutIn(parsed) is { } limit)
        {
            native = native with { FaultTimeout = limit, StartTimeout = Longest(native.StartTimeout, limit) };
            compose = compose with { FaultTimeout = limit, StartTimeout = Longest(compose.StartTimeout, limit) };
        }

        if ((topology ?? parsed.GetValue(Topology)) is { } chosen)
        {
            native = native with { Topology = chosen };
            compose = compose with { Topology = chosen };
        }

        native = native with
        {
            BrokerProgram = parsed.GetValue(_broker) is { } broker ? NativeClusterOptions.BrokerProgramAt(broker) : native.BrokerProgram,
            BalancerProgram = parsed.GetValue(_haproxy) is { } haproxy ? Path.GetFullPath(haproxy) : native.BalancerProgram,
        };
        foreach (var version in _versions)
        {
            if (parsed.GetValue(version) is { } named)
            {
                (native, compose) = (WithVersion(native, version.Name, named), WithVersion(compose, version.Name, named));
            }
        }

        var secure = parsed.GetValue(Secure);
        return new LabChoice(
            parsed.GetValue(_engine) ?? Engine.Auto,
            new LabCluster(native with { Secure = secure }),
            new LabCluster(compose with { Secure = secure }));
    }

    private static NativeClusterOptions WithVersion(NativeClusterOptions native, string option, string named) => native with
    {
        BrokerPrograms = With(native.BrokerPrograms, NodeOf(option, native.Topology), NativeClusterOptions.BrokerProgramAt(named)),
    };

    private static ComposeClusterOptions WithVersion(ComposeClusterOptions compose, string option, string named) => compose with
    {
        Images = With(compose.Images, NodeOf(option, compose.Topology), named),
    };

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> known, string node, string version) =>
        new(known) { [node] = version };

    private static string NodeOf(string option, Topology topology) => option.TrimStart('-') is var node && topology.BrokerNames.Contains(node)
        ? node
        : throw new LabException($"{option}: the topology {topology.Name} has no such node. Leave the option out, or name another --topology.");

    // Starting a node, in healing or in a fault that restarts it, may take the whole time limit of a fault.
    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan? FaultTimeoutIn(ParseResult parsed) =>
        parsed.CommandResult.Command.Options.OfType<Option<TimeSpan?>>().FirstOrDefault(static option => option.Name is DrillSyntax.FaultTimeout) is { } option
            ? parsed.GetValue(option) ?? DrillOptions.DefaultFaultTimeout
            : null;

    private static Option<T> WithRecursion<T>(Option<T> option)
    {
        option.Recursive = true;
        return option;
    }
}
