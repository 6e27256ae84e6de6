using System.CommandLine;
using System.Globalization;
using ClusterTest.Cli;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Commands;

/// <summary>The options of <c>drill</c> that say which cluster is broken, and where: the lab's, or one of the user's own.</summary>
internal sealed class ForeignSyntax
{
    private readonly Option<string?> _uri = new("--uri")
    {
        Description = $"Drill your own cluster, at amqp[s]://user@host:port/vhost, instead of the lab's. The password comes from --password-file, or from the variable {ConnectionOptions.UriVariable} if that has the same address and user.",
        HelpName = "URI",
    };

    private readonly Option<string?> _passwordFile = new("--password-file") { Description = "With --uri: file whose first line is the password.", HelpName = "FILE", CustomParser = ConnectionOptions.ReadPassword };

    private readonly Option<string[]> _faults = new("--fault")
    {
        Description = "With --uri: a fault of your own, as 'name: shell command'. May be repeated. {node} in the command stands for each of --nodes in turn. Without --fault you break things by hand, and Ctrl-C gives the verdict.",
        HelpName = "'NAME: COMMAND'",
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _heal = new("--heal")
    {
        Description = "With --uri: shell command that undoes the faults. More than one fault needs --heal or --heals-itself.",
        HelpName = "'COMMAND'",
    };

    private readonly Option<bool> _healsItself = new("--heals-itself") { Description = "With --uri: every fault ends by itself, as a restart does." };

    private readonly Option<string?> _ready = new("--ready")
    {
        Description = "With --uri: shell command to repeat after each fault is undone, until its exit code is 0. Only then the next fault comes.",
        HelpName = "'COMMAND'",
    };

    private readonly Option<string[]> _nodes = new("--nodes")
    {
        Description = $"Nodes to break in turn, of {string.Join(", ", TopologyList.BrokerNames)}. [default: all of them] With --uri: names to fill into {{node}}.",
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
                result.AddError("--uri: a drill takes no parameters; leave out what stands behind the ?.");
            }

            foreach (var option in new Option[] { _passwordFile, _faults, _heal, _healsItself, _ready }.Where(option => uri is [] && IsGiven(option)))
            {
                result.AddError($"{option.Name}: that is for a cluster of your own; name it by --uri.");
            }

            if (uri is not [] && Written(command.Options.Single(static option => option.Name is "--faults")) is not [])
            {
                result.AddError("--faults: those are for the lab's own cluster; with --uri, say what to do by --fault.");
            }

            if (uri is not [] && command.Options.FirstOrDefault(static option => option.Name is "--topology") is { } topology && IsGiven(topology))
            {
                result.AddError("--topology: that is for the lab's own brokers; leave it out with --uri.");
            }

            if (uri is not [] && Written(_faults) is [] && Written(command.Options.Single(static option => option.Name is "--compare")) is not [])
            {
                result.AddError("--compare: nobody breaks things by hand twice in the same way; give --fault.");
            }

            if (Written(_faults).Select(static fault => CommandFault.Parse(fault, new CommandRecovery())?.Name).OfType<string>().ToList() is var names && names.Distinct().Count() < names.Count)
            {
                result.AddError("--fault: each fault needs a name of its own.");
            }

            foreach (var fault in Written(_faults).Where(static fault => CommandFault.Parse(fault, new CommandRecovery()) is null))
            {
                result.AddError($"--fault: '{fault}' is not of the form 'name: command', as in 'stop: ssh {{node}} rabbitmqctl stop_app'.");
            }

            var nodes = Written(_nodes).SelectMany(static names => names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
            foreach (var node in nodes.Where(node => uri is [] && !TopologyList.BrokerNames.Contains(node)))
            {
                result.AddError($"--nodes: the lab has no node '{node}'; it has {string.Join(", ", TopologyList.BrokerNames)}. Name a cluster of your own by --uri.");
            }

            foreach (var node in nodes.Where(node => uri is not [] && !CommandFault.IsNodeName(node)))
            {
                result.AddError($"--nodes: '{node}' cannot be put into a command; a name has letters, digits and _ . @ - only.");
            }

            if (nodes is [] && Written(_faults).Concat(Written(_heal)).Concat(Written(_ready)).Any(CommandFault.ConcernsNodes))
            {
                result.AddError("--nodes: name the nodes to fill into {node}, as in --nodes rabbit1,rabbit2,rabbit3.");
            }

            if (IsGiven(_heal) && IsGiven(_healsItself))
            {
                result.AddError("--heals-itself: faults that pass by themselves need no --heal.");
            }

            var rounds = Written(command.Options.Single(static option => option.Name is "--rounds")) is [var count] && int.TryParse(count, CultureInfo.InvariantCulture, out var number) ? number : 1;
            var variants = Written(command.Options.Single(static option => option.Name is "--compare")).Sum(static values => values.Count(static letter => letter is ',') + 1);
            var turns = Written(_faults).Sum(fault => CommandFault.ConcernsNodes(fault) ? nodes.Count : 1) * (long)rounds * Math.Max(1, variants);
            if (uri is not [] && turns > 1 && !IsGiven(_heal) && !IsGiven(_healsItself))
            {
                result.AddError($"--fault: that breaks the cluster {turns} times and never mends it. Say how by --heal 'COMMAND', or by --heals-itself that each fault passes.");
            }
        });
    }

    /// <summary>The user's cluster; null if the lab's is meant.</summary>
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

    /// <summary>The lab's nodes that take a turn; empty if all do.</summary>
    internal IReadOnlyList<string> NodesIn(ParseResult parsed) => parsed.GetRequiredValue(_nodes);

    /// <summary>Whether a password stands on the command line, where everyone on the machine can read it.</summary>
    internal bool ShowsPassword(ParseResult parsed) => parsed.GetValue(_uri) is { } text && Parse(text).Password is not null;

    private static AmqpUri WithPassword(AmqpUri uri, string? password)
    {
        var variable = Environment.GetEnvironmentVariable(ConnectionOptions.UriVariable) is { Length: > 0 } text && AmqpUri.TryParse(text, out var parsed, out _) ? parsed : null;
        var own = uri.WithLoginOf(variable);
        return own with { Password = password ?? own.Password };
    }

    private static AmqpUri Parse(string text) => AmqpUri.TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);
}
