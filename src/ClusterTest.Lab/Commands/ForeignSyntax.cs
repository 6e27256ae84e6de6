using System.CommandLine;
using System.Globalization;
using ClusterTest.Cli;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Commands;

/// <summary>The options of <c>drill</c> that select the cluster (the lab's, or the user's own) and the nodes to break.</summary>
internal sealed class ForeignSyntax
{
    /// <summary>The name of the option for the user's own cluster.</summary>
    internal const string Uri = "--uri";

    /// <summary>The name of the option for the nodes to break.</summary>
    internal const string Nodes = "--nodes";

    private readonly Option<string?> _uri = new(Uri)
    {
        Description = "Drill your own cluster, at amqp[s]://user@host:port/vhost, instead of the lab's. The password comes from --password-file, "
            + $"or from the variable {ConnectionOptions.UriVariable} if its address and user are the same.",
        HelpName = "URI",
    };

    private readonly Option<string?> _passwordFile = new("--password-file")
    {
        Description = "With --uri: take the password from the first line of this file.",
        HelpName = "FILE",
        CustomParser = ConnectionOptions.ReadPassword,
    };

    private readonly Option<string[]> _faults = new("--fault")
    {
        Description = "With --uri: inject this fault of your own, 'name: shell command'. May be repeated. {node} in the command stands for each "
            + "of --nodes in turn. Without --fault, break things by hand, and press Ctrl-C for the verdict.",
        HelpName = "'NAME: COMMAND'",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _heal = new("--heal")
    {
        Description = "With --uri: undo the faults with this shell command. More than one fault needs --heal or --heals-itself.",
        HelpName = "'COMMAND'",
    };

    private readonly Option<bool> _healsItself = new("--heals-itself")
    {
        Description = "With --uri: undo nothing, because every fault ends by itself, as a restart does.",
    };

    private readonly Option<string?> _ready = new("--ready")
    {
        Description = "With --uri: after each fault is undone, repeat this shell command until its exit code is 0. "
            + "The next fault waits until then.",
        HelpName = "'COMMAND'",
    };

    private readonly Option<string[]> _nodes = new(Nodes)
    {
        Description = $"Break these nodes in turn, of {string.Join(", ", TopologyList.BrokerNames)}. [default: all of them] "
            + "With --uri: put these names in place of {node}.",
        HelpName = "NAME,…",
        DefaultValueFactory = static _ => [],
        CustomParser = static result => result.Tokens[0].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };

    internal void AddTo(Command command)
    {
        foreach (var option in new Option[] { _uri, _passwordFile, _faults, _heal, _healsItself, _ready, _nodes })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            string[] Written(Option option) => [.. result.GetResult(option)?.Tokens.Select(static token => token.Value) ?? []];
            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
            var uri = Written(_uri);
            if (uri is [var text] && !AmqpUri.TryParse(text, out _, out var error))
            {
                result.AddError($"--uri: {error}.");
            }
            else if (uri is [var readable] && AmqpUri.TryParse(readable, out var read, out _) && read.Parameters != AmqpUriParameters.None)
            {
                result.AddError("--uri: a drill takes no parameters; leave out the ? and everything after it.");
            }

            foreach (var option in new Option[] { _passwordFile, _faults, _heal, _healsItself, _ready }.Where(option => uri is [] && IsGiven(option)))
            {
                result.AddError($"{option.Name}: this option is for your own cluster; name the cluster with --uri.");
            }

            if (uri is not [] && Written(command.Options.Single(static option => option.Name is "--faults")) is not [])
            {
                result.AddError("--faults: these faults are for the lab's own cluster; with --uri, give your own faults with --fault.");
            }

            if (uri is not [] && command.Options.FirstOrDefault(static option => option.Name is "--topology") is { } topology && IsGiven(topology))
            {
                result.AddError("--topology: this option is for the lab's own nodes; leave it out with --uri.");
            }

            if (uri is not [] && Written(_faults) is [] && Written(command.Options.Single(static option => option.Name is "--compare")) is not [])
            {
                result.AddError("--compare: a comparison repeats the same faults, and faults by hand are never the same; give --fault.");
            }

            var names = Written(_faults).Select(static fault => CommandFault.Parse(fault, new CommandRecovery())?.Name).OfType<string>().ToList();
            if (names.Distinct().Count() < names.Count)
            {
                result.AddError("--fault: each fault needs a name of its own.");
            }

            foreach (var fault in Written(_faults).Where(static fault => CommandFault.Parse(fault, new CommandRecovery()) is null))
            {
                result.AddError($"--fault: '{fault}' is not of the form 'name: command', as in 'stop: ssh {{node}} rabbitmqctl stop_app'.");
            }

            var nodes = Written(_nodes)
                .SelectMany(static list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .ToList();
            foreach (var node in nodes.Where(node => uri is [] && !TopologyList.BrokerNames.Contains(node)))
            {
                result.AddError(
                    $"--nodes: '{node}' is not one of {string.Join(", ", TopologyList.BrokerNames)}; for nodes of your own cluster, name it with --uri.");
            }

            foreach (var node in nodes.Where(node => uri is not [] && !CommandFault.IsNodeName(node)))
            {
                result.AddError($"--nodes: '{node}' cannot be put into a command; use only letters, digits and _ . @ - in a name.");
            }

            if (nodes is [] && Written(_faults).Concat(Written(_heal)).Concat(Written(_ready)).Any(CommandFault.ConcernsNodes))
            {
                result.AddError("--nodes: name the nodes to put in place of {node}, as in --nodes rabbit1,rabbit2,rabbit3.");
            }

            if (IsGiven(_heal) && IsGiven(_healsItself))
            {
                result.AddError("--heals-itself: faults that end by themselves need no --heal; give only one of the two.");
            }

            var rounds = Written(command.Options.Single(static option => option.Name is "--rounds")) is [var count]
                && int.TryParse(count, CultureInfo.InvariantCulture, out var number)
                ? number
                : 1;
            var variants = Written(command.Options.Single(static option => option.Name is "--compare"))
                .Sum(static values => values.Count(static letter => letter is ',') + 1);
            var turns = Written(_faults).Sum(fault => CommandFault.ConcernsNodes(fault) ? nodes.Count : 1) * (long)rounds * Math.Max(1, variants);
            if (uri is not [] && turns > 1 && !IsGiven(_heal) && !IsGiven(_healsItself))
            {
                result.AddError(
                    $"--fault: this drill breaks the cluster {turns} times and never heals it. "
                    + "Give --heal 'COMMAND', or --heals-itself if each fault ends by itself.");
            }
        });
    }

    /// <summary>The user's cluster; null if the drill is on the lab.</summary>
    internal ForeignCluster? Bind(ParseResult parsed)
    {
        if (parsed.GetValue(_uri) is not { } text)
        {
            return null;
        }

        var recovery = new CommandRecovery(parsed.GetValue(_heal), parsed.GetValue(_ready), parsed.GetValue(_healsItself));
        var faults = parsed.GetRequiredValue(_faults).Select(fault => CommandFault.Parse(fault, recovery)!);
        return new ForeignCluster(WithPassword(Parse(text), parsed.GetValue(_passwordFile)), parsed.GetRequiredValue(_nodes), [.. faults], recovery);
    }

    /// <summary>The lab's nodes to break in turn; empty for all of them.</summary>
    internal IReadOnlyList<string> NodesIn(ParseResult parsed) => parsed.GetRequiredValue(_nodes);

    /// <summary>Whether the command line has a password, which everyone on the machine can read there.</summary>
    internal bool ShowsPassword(ParseResult parsed) => parsed.GetValue(_uri) is { } text && Parse(text).Password is not null;

    private static AmqpUri WithPassword(AmqpUri uri, string? password)
    {
        var variable = Environment.GetEnvironmentVariable(ConnectionOptions.UriVariable) is { Length: > 0 } text
            && AmqpUri.TryParse(text, out var parsed, out _)
            ? parsed
            : null;
        var own = uri.WithLoginOf(variable);
        return own with { Password = password ?? own.Password };
    }

    private static AmqpUri Parse(string text) => AmqpUri.TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);
}
