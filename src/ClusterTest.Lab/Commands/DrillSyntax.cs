using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Commands;

/// <summary>The options of <c>drill</c>, <c>soak</c> and <c>demo</c>.</summary>
internal sealed class DrillSyntax
{
    /// <summary>How long a fault may take, which is for the cluster to know, too.</summary>
    internal const string FaultTimeout = "--fault-timeout";

    private static readonly Dictionary<string, QueueType> QueueTypes = new() { ["quorum"] = QueueType.Quorum, ["classic"] = QueueType.Classic };

    private readonly Option<string[]> _faults = new("--faults")
    {
        Description = $"Faults to inject, in this order. [default: {string.Join(',', FaultList.Default)}]",
        HelpName = "NAME,…",
        CustomParser = static result => Names(result.Tokens[0].Value),
    };

    private readonly Option<int?> _rounds = OptionParsing.Number("--rounds", "How often to go through all nodes. [default: 1]", 1, 10_000, "a number of rounds");
    private readonly Option<double?> _rate = OptionParsing.Number("--rate", "Messages a second. [default: 200]", 0.1, 100_000, "a number of messages a second");
    private readonly Option<int?> _sessions = OptionParsing.Number("--sessions", "Sessions of each program. [default: 1]", 1, 64, "a number of sessions");
    private readonly Option<QueueType?> _queueType = OptionParsing.Choice("--queue-type", "Type of the queue. [default: quorum]", QueueTypes);
    private readonly Option<int?> _seed = OptionParsing.Number("--seed", "The same seed gives the same plan. [default: another one each time, which the report names]", 0, int.MaxValue, "a seed");
    private readonly Option<TimeSpan?> _hold = OptionParsing.Duration("--hold", "Shortest time that a fault lasts. [default: 2s]");
    private readonly Option<TimeSpan?> _faultTimeout = OptionParsing.Duration(FaultTimeout, "Longest time that a fault may need to take effect, and again to be healed. If it needs longer, the drill is invalid. [default: 130s]");
    private readonly Option<TimeSpan?> _maxOutage = OptionParsing.Duration("--max-outage", "Fail (exit code 3) if the consumer is silent for longer than this. [default: no limit]");

    private readonly Option<string?> _compare = new("--compare")
    {
        Description = "Run the same plan once for each value, and show the results side by side: sessions=1,2 or queue-type=quorum,classic",
        HelpName = "OPTION=VALUE,…",
    };

    private readonly Option<string?> _report = new("--report") { Description = "Folder for reports. Each report gets a dated folder in it. [default: .lab/reports in the repository]", HelpName = "DIRECTORY" };
    private readonly Option<TimeSpan?> _time = OptionParsing.Duration("--time", "How long to inject faults. [default: 10m]");
    private readonly Option<bool> _allowMajorityLoss = new("--allow-majority-loss") { Description = "Also break so many nodes at a time that the rest is no majority." };

    /// <summary>Adds what a drill takes.</summary>
    internal void AddToDrill(Command command)
    {
        Add(command, _faults, _rounds, _rate, _sessions, _queueType, _seed, _hold, _faultTimeout, _maxOutage, _compare, _report);
        RequireKnownFaults(command);
        RequireComparable(command);
    }

    /// <summary>Adds what a soak takes.</summary>
    internal void AddToSoak(Command command)
    {
        Add(command, _time, _seed, _allowMajorityLoss, _faults, _rate, _sessions, _queueType, _faultTimeout, _maxOutage, _report);
        RequireKnownFaults(command);
    }

    /// <summary>Adds what the demo takes.</summary>
    internal void AddToDemo(Command command) => Add(command, _report);

    /// <summary>A drill on the lab.</summary>
    internal DrillOptions BindDrill(ParseResult parsed) => Bind(parsed, DrillKind.Drill, []) with
    {
        Rounds = parsed.GetValue(_rounds) ?? 1,
        Variants = VariantsOf(parsed),
        Compare = parsed.GetValue(_compare),
    };

    /// <summary>A drill on a cluster of the user's own; without faults somebody watches.</summary>
    internal DrillOptions BindForeign(ParseResult parsed, ForeignCluster cluster) => BindDrill(parsed) with
    {
        Kind = cluster.Faults is [] ? DrillKind.Watch : DrillKind.Drill,
        Faults = [.. cluster.Faults.Select(static fault => fault.Name)],
    };

    /// <summary>A soak.</summary>
    internal DrillOptions BindSoak(ParseResult parsed) => Bind(parsed, DrillKind.Soak, []) with
    {
        Time = parsed.GetValue(_time) ?? TimeSpan.FromMinutes(10),
        AllowMajorityLoss = parsed.GetValue(_allowMajorityLoss),
    };

    /// <summary>A demo: two faults, at the node that the consumer is on, at a rate that eyes can follow.</summary>
    internal DrillOptions BindDemo(ParseResult parsed) => Bind(parsed, DrillKind.Demo, FaultList.Demo) with { Rate = 20, AtConsumer = true };

    private DrillOptions Bind(ParseResult parsed, string kind, IReadOnlyList<string> faults) => new()
    {
        Kind = kind,
        Faults = parsed.GetValue(_faults) is { Length: > 0 } written ? written : faults,
        Variants = [new Variant("", parsed.GetValue(_sessions) ?? 1, parsed.GetValue(_queueType) ?? QueueType.Quorum)],
#pragma warning disable CA5394 // A seed is no secret: it is printed.
        Seed = parsed.GetValue(_seed) ?? Random.Shared.Next(),
#pragma warning restore CA5394
        Rate = parsed.GetValue(_rate) ?? DrillOptions.DefaultRate,
        Hold = parsed.GetValue(_hold) ?? DrillOptions.DefaultHold,
        FaultTimeout = parsed.GetValue(_faultTimeout) ?? DrillOptions.DefaultFaultTimeout,
        MaxOutage = parsed.GetValue(_maxOutage),
        CommandLine = ShownCommandLine.Of([.. Environment.GetCommandLineArgs().Skip(1)]),
        ReportDirectory = parsed.GetValue(_report) ?? Path.Combine(RepositoryRoot.Find(), ".lab", "reports"),
    };

    private List<Variant> VariantsOf(ParseResult parsed)
    {
        var single = new Variant("", parsed.GetValue(_sessions) ?? 1, parsed.GetValue(_queueType) ?? QueueType.Quorum);
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

    private void RequireComparable(Command command) => command.Validators.Add(result =>
    {
        if (result.GetResult(_compare)?.Tokens is [var written] && Comparison.Variants(written.Value, new Variant("", 1, QueueType.Quorum), out var error) is null)
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
