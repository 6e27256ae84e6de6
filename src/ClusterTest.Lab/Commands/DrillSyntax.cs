using System.CommandLine;
using System.CommandLine.Completions;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Commands;

/// <summary>The options of <c>drill</c>, <c>soak</c> and <c>demo</c>.</summary>
internal sealed class DrillSyntax
{
    /// <summary>The name of the option for how long a fault may take. The lab reads the option, too.</summary>
    internal const string FaultTimeout = "--fault-timeout";

    private static readonly Dictionary<string, QueueType> QueueTypes = new() { ["quorum"] = QueueType.Quorum, ["classic"] = QueueType.Classic };

    private readonly Option<string[]> _faults = new("--faults")
    {
        Description = "Inject these faults, in this order. By default, those that are to be survived and that the topology can suffer. "
            + $"[default: {string.Join(',', FaultList.Default)}]",
        HelpName = "NAME,…",
        CustomParser = static result => Names(result.Tokens[0].Value),
    };

    private readonly Option<string?> _plan = new("--plan")
    {
        Description = "Run a plan of the topology, in place of the faults one after the other: " + string.Join(
            "; ", PlanList.All.Select(static plan => $"{plan.Name} ({plan.Topology}): {plan.Help}")),
        HelpName = "NAME",
    };

    private readonly Option<string?> _ackMode = new("--ack-mode")
    {
        Description = "Let Shovels acknowledge messages in this way. on-confirm: when the destination has confirmed the message, so that nothing is lost; "
            + "on-publish; no-ack: never, so that messages on their way are lost with the connection. [default: on-confirm]",
        HelpName = string.Join('|', ShovelDefinition.AckModes),
        CompletionSources = { static _ => ShovelDefinition.AckModes.Select(static mode => new CompletionItem(mode)) },
        CustomParser = static result =>
        {
            if (ShovelDefinition.AckModes.Contains(result.Tokens[0].Value))
            {
                return result.Tokens[0].Value;
            }

            result.AddError($"--ack-mode: '{result.Tokens[0].Value}' is not one of {string.Join(", ", ShovelDefinition.AckModes)}.");
            return null;
        },
    };

    private readonly Option<string?> _client = ClientOption(
        Client.ConsumerOption,
        "Run this shell command as the consumer, in place of ours: a client of yours that writes event lines, as docs/events.md says. "
        + "Its environment has the address (CLUSTER_TEST_URI), the queue (CLUSTER_TEST_QUEUE) and more.");

    private readonly Option<string?> _clientProducer = ClientOption(
        Client.ProducerOption, "Run this shell command as the producer, in the same way.");

    private readonly Option<int?> _rounds = OptionParsing.Number(
        "--rounds", "Go through all nodes this many times. [default: 1]", 1, 10_000, "a number of rounds");

    private readonly Option<double?> _rate = OptionParsing.Number(
        "--rate", "Publish this many messages a second. [default: 200]", 0.1, 100_000, "a number of messages a second");

    private readonly Option<int?> _sessions = OptionParsing.Number(
        "--sessions", "Open this many sessions in each program. [default: 1]", 1, 64, "a number of sessions");

    private readonly Option<QueueType?> _queueType = OptionParsing.Choice("--queue-type", "Use a queue of this type. [default: quorum]", QueueTypes);

    private readonly Option<int?> _seed = OptionParsing.Number(
        "--seed",
        "Make the plan from this seed. The same seed gives the same plan. [default: a new seed each time; the report names it]",
        0,
        int.MaxValue,
        "a seed");

    private readonly Option<TimeSpan?> _hold = OptionParsing.Duration("--hold", "Let each fault last at least this long. [default: 2s]");

    private readonly Option<TimeSpan?> _faultTimeout = OptionParsing.Duration(
        FaultTimeout,
        "Give a fault this long to take effect, and again to be healed. If it takes longer, the drill is invalid. [default: 130s]");

    private readonly Option<TimeSpan?> _maxOutage = OptionParsing.Duration(
        "--max-outage", "Fail (exit code 3) if the consumer is silent for longer than this. [default: no limit]");

    private readonly Option<string?> _compare = new("--compare")
    {
        Description = "Run the same plan once for each value, and show the results side by side: sessions=1,2 or queue-type=quorum,classic; "
            + "with a Shovel, also ack-mode=on-confirm,no-ack",
        HelpName = "OPTION=VALUE,…",
    };

    private readonly Option<string?> _report = new("--report")
    {
        Description = "Write reports to this folder. Each report gets a dated folder in it. [default: .lab/reports in the repository]",
        HelpName = "DIRECTORY",
    };

    private readonly Option<TimeSpan?> _time = OptionParsing.Duration("--time", "Inject faults for this long. [default: 10m]");

    private readonly Option<bool> _allowMajorityLoss = new("--allow-majority-loss")
    {
        Description = "Also break so many nodes at a time that the remaining nodes are no majority.",
    };

    /// <summary>Adds the options of a drill.</summary>
    internal void AddToDrill(Command command)
    {
        Add(command, _faults, _plan, _rounds, _rate, _sessions, _queueType, _ackMode, _client, _clientProducer);
        Add(command, _seed, _hold, _faultTimeout, _maxOutage, _compare, _report);
        RefuseBesidePlan(command);
        RequireKnownFaults(command);
        RequireComparable(command);
    }

    /// <summary>Adds the options of a soak.</summary>
    internal void AddToSoak(Command command)
    {
        Add(command, _time, _seed, _allowMajorityLoss, _faults, _rate, _sessions, _queueType, _client, _clientProducer, _faultTimeout, _maxOutage, _report);
        RequireKnownFaults(command);
    }

    /// <summary>Adds the options of the demo.</summary>
    internal void AddToDemo(Command command) => Add(command, _report);

    /// <summary>Adds the options of a comparison of topologies.</summary>
    internal void AddToComparison(Command command)
    {
        _faults.Description = "Inject these faults, in this order, into the node that the consumer is connected to. "
            + $"[default: {string.Join(',', FaultList.Compared)}]";
        _rounds.Description = "Inject each fault this many times. [default: 1]";
        _hold.Description = "Heal each fault after this time, whether messages flow again or not. [default: 5s]";
        Add(command, _faults, _rounds, _hold, _rate, _sessions, _client, _clientProducer, _faultTimeout, _report);
        RequireKnownFaults(command);
    }

    /// <summary>Reads the options of a drill on the lab.</summary>
    internal DrillOptions BindDrill(ParseResult parsed) => Bind(parsed, DrillKind.Drill, []) with
    {
        Rounds = parsed.GetValue(_rounds) ?? 1,
        Variants = VariantsOf(parsed),
        Compare = parsed.GetValue(_compare),
        PlanName = parsed.GetValue(_plan),
    };

    /// <summary>Reads the options of a drill on the user's own cluster. Without faults, the lab only watches it.</summary>
    internal DrillOptions BindForeign(ParseResult parsed, ForeignCluster cluster) => BindDrill(parsed) with
    {
        Kind = cluster.Faults is [] ? DrillKind.Watch : DrillKind.Drill,
        Faults = [.. cluster.Faults.Select(static fault => fault.Name)],
    };

    /// <summary>Reads the options of a soak.</summary>
    internal DrillOptions BindSoak(ParseResult parsed) => Bind(parsed, DrillKind.Soak, []) with
    {
        Time = parsed.GetValue(_time) ?? TimeSpan.FromMinutes(10),
        AllowMajorityLoss = parsed.GetValue(_allowMajorityLoss),
    };

    /// <summary>Reads the options of a demo: two faults, each on the node that the consumer is connected to, at a rate that eyes can follow.</summary>
    internal DrillOptions BindDemo(ParseResult parsed) => Bind(parsed, DrillKind.Demo, FaultList.Demo) with { Rate = 20, AtConsumer = true };

    /// <summary>Reads the options of a comparison.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="contenders">What is compared.</param>
    /// <param name="isByName">Whether the user named what is compared.</param>
    internal DrillOptions BindComparison(ParseResult parsed, IReadOnlyList<Contender> contenders, bool isByName) =>
        Bind(parsed, DrillKind.Comparison, FaultList.Compared) with
        {
            AtConsumer = true,
            HealsWhenMessagesFlow = false,
            Rounds = parsed.GetValue(_rounds) ?? 1,
            Hold = parsed.GetValue(_hold) ?? TimeSpan.FromSeconds(5),
            Variants = [.. contenders.Select(contender => contender.ToVariant(parsed.GetValue(_sessions) ?? 1, mayBeSkipped: !isByName))],
            Compare = string.Join(',', contenders.Select(static contender => contender.Name)),
        };

    private DrillOptions Bind(ParseResult parsed, string kind, IReadOnlyList<string> faults) => new()
    {
        Kind = kind,
        Faults = parsed.GetValue(_faults) is { Length: > 0 } written ? written : faults,
        Variants = [new Variant("", parsed.GetValue(_sessions) ?? 1, parsed.GetValue(_queueType) ?? QueueType.Quorum)],
#pragma warning disable CA5394 // A seed is not secret: the report prints it.
        Seed = parsed.GetValue(_seed) ?? Random.Shared.Next(),
#pragma warning restore CA5394
        Clients = [.. ClientsIn(parsed)],
        Rate = parsed.GetValue(_rate) ?? DrillOptions.DefaultRate,
        Hold = parsed.GetValue(_hold) ?? DrillOptions.DefaultHold,
        FaultTimeout = parsed.GetValue(_faultTimeout) ?? DrillOptions.DefaultFaultTimeout,
        MaxOutage = parsed.GetValue(_maxOutage),
        CommandLine = ShownCommandLine.Of([.. Environment.GetCommandLineArgs().Skip(1)]),
        ReportDirectory = parsed.GetValue(_report) ?? Path.Combine(RepositoryRoot.Find(), ".lab", "reports"),
    };

    private IEnumerable<Client> ClientsIn(ParseResult parsed)
    {
        if (parsed.GetValue(_client) is { } consumer)
        {
            yield return new Client(Client.ConsumerOption, EventWriter.Consumer, consumer);
        }

        if (parsed.GetValue(_clientProducer) is { } producer)
        {
            yield return new Client(Client.ProducerOption, EventWriter.Producer, producer);
        }
    }

    private static Option<string?> ClientOption(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "'COMMAND'",
        CustomParser = result =>
        {
            if (string.IsNullOrWhiteSpace(result.Tokens[0].Value))
            {
                result.AddError($"{name}: name the command that starts the client, as in {name} 'python3 client.py'.");
            }

            return result.Tokens[0].Value;
        },
    };

    private List<Variant> VariantsOf(ParseResult parsed)
    {
        var single = new Variant("", parsed.GetValue(_sessions) ?? 1, parsed.GetValue(_queueType) ?? QueueType.Quorum)
        {
            AckMode = parsed.GetValue(_ackMode) ?? ShovelDefinition.OnConfirm,
        };
        return parsed.GetValue(_compare) is { } comparison ? Comparison.Variants(comparison, single, out _)! : [single];
    }

    private void RequireKnownFaults(Command command) => command.Validators.Add(result =>
    {
        var written = result.GetResult(_faults)?.Tokens.SelectMany(static token => Names(token.Value)).ToList();
        if (written is [])
        {
            result.AddError($"--faults: name at least one of {string.Join(", ", FaultList.Names)}.");
        }

        foreach (var unknown in (written ?? []).Except(FaultList.Names))
        {
            result.AddError($"--faults: there is no fault {unknown}; there are {string.Join(", ", FaultList.Names)}.");
        }
    });

    // A plan says itself what is done to which node, and for how long.
    private void RefuseBesidePlan(Command command) => command.Validators.Add(result =>
    {
        if (result.GetResult(_plan) is not { Implicit: false })
        {
            return;
        }

        var ofOthers = command.Options.Where(static option => option.Name is ForeignSyntax.Nodes or ForeignSyntax.Uri);
        Option[] refused = [_faults, _rounds, _hold, _seed, .. ofOthers];
        foreach (var option in refused.Where(option => result.GetResult(option) is { Implicit: false }))
        {
            result.AddError(option.Name is ForeignSyntax.Uri
                ? $"{option.Name}: a plan is for the lab's own nodes; leave out {option.Name} or --plan."
                : $"{option.Name}: a plan has its own faults, nodes and times; leave out {option.Name} or --plan.");
        }
    });

    private void RequireComparable(Command command) => command.Validators.Add(result =>
    {
        if (result.GetResult(_compare)?.Tokens is [var written]
            && Comparison.Variants(written.Value, new Variant("", 1, QueueType.Quorum), out var error) is null)
        {
            result.AddError($"--compare: {error}");
        }
    });

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Add(Command command, params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            command.Options.Add(option);
        }
    }
}
