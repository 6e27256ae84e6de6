using System.CommandLine;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The arguments and options that both programs share, and what they make of them.</summary>
public sealed class ConnectionOptions
{
    /// <summary>The environment variable that stands in for HOST, PORT and <c>--uri</c>.</summary>
    public const string UriVariable = "CLUSTER_TEST_URI";

    private const string DefaultName = "cluster_test";
    private const string DefaultHost = "localhost";
    private const int DefaultPort = 5670;

    private readonly string _program;
    private readonly Func<string, string?> _environment;

    private readonly Argument<string?> _host = new("HOST")
    {
        Description = $"Host of the load balancer, or of a node. [default: {DefaultHost}]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<int?> _port = new("PORT")
    {
        Description = $"Its AMQP port. [default: {DefaultPort}]",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => OptionParsing.ParseNumber(result, "PORT", 1, 65535, "a port number"),
    };

    private readonly Option<string[]> _uris = new("--uri")
    {
        Description = $"Instead of HOST and PORT: amqp://user@host:port/vhost. May be repeated: more addresses to try in turn. The variable {UriVariable} can hold one as well, with its password.",
        HelpName = "URI",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<FileInfo?> _passwordFile = new("--password-file") { Description = "File whose first line is the password.", HelpName = "FILE" };
    private readonly Option<string> _exchange = Name("--exchange", "Direct, durable exchange to declare.");
    private readonly Option<string> _queue = Name("--queue", "Durable queue to declare.");
    private readonly Option<string> _routingKey = Name("--routing-key", "Routing key that binds the queue to the exchange.");

    private readonly Option<QueueType> _queueType = OptionParsing.Choice(
        "--queue-type", "Type to declare the queue with.", QueueType.Quorum, new Dictionary<string, QueueType> { ["quorum"] = QueueType.Quorum, ["classic"] = QueueType.Classic });

    private readonly Option<int?> _sessions = OptionParsing.Number("--sessions", "Hot sessions: connections that work at the same time. More than 1 shortens outages and gives up the order. [default: 1]", 1, 64, "a number of sessions");
    private readonly Option<TimeSpan?> _heartbeat = OptionParsing.Duration("--heartbeat", "Heartbeat to propose to the broker, in whole seconds. [default: 10s]");
    private readonly Option<TimeSpan?> _retryFor;
    private readonly Option<string?> _clientName = new("--client-name") { Description = "Name that the broker lists the connection under. [default: the program's]", HelpName = "NAME" };

    /// <summary>Initializes the options of a program.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="retryForDefault">What <c>--retry-for</c> is by default, for the help.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public ConnectionOptions(string program, string retryForDefault, Func<string, string?> environment)
    {
        _program = program;
        _environment = environment;
        _retryFor = OptionParsing.Duration("--retry-for", $"How long one outage may last before the program gives up. [default: {retryForDefault}]");
        _heartbeat.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TimeSpan?>() is { } heartbeat && (heartbeat < TimeSpan.FromSeconds(1) || heartbeat.Ticks % TimeSpan.TicksPerSecond != 0 || heartbeat.TotalSeconds > ushort.MaxValue))
            {
                result.AddError("--heartbeat: allowed are whole seconds from 1s to 65535s.");
            }
        });
    }

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_host);
        command.Arguments.Add(_port);
        foreach (var option in new Option[] { _uris, _passwordFile, _exchange, _queue, _routingKey, _queueType, _sessions, _heartbeat, _retryFor, _clientName })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_uris) is { Length: > 0 } && result.GetValue(_host) is not null)
            {
                result.AddError("Give either HOST and PORT or --uri, not both.");
            }

            foreach (var text in result.GetValue(_uris) ?? [])
            {
                if (!AmqpUri.TryParse(text, out _, out var error))
                {
                    result.AddError($"--uri: {error}.");
                }
            }

            if (_environment(UriVariable) is { Length: > 0 } variable && !AmqpUri.TryParse(variable, out _, out var variableError))
            {
                result.AddError($"{UriVariable}: {variableError}.");
            }

            if (result.GetValue(_passwordFile) is { Exists: false } missing)
            {
                result.AddError($"--password-file: there is no file {missing.FullName}.");
            }
        });
    }

    /// <summary>Makes the library's options of what was written: command line before environment before default.</summary>
    /// <param name="parsed">The parsed command line, free of errors.</param>
    /// <param name="retryForDefault">What <c>--retry-for</c> is when it is not written.</param>
    /// <returns>The options, without observers and loggers.</returns>
    public ClusterOptions Bind(ParseResult parsed, TimeSpan retryForDefault)
    {
        var uris = parsed.GetRequiredValue(_uris).Select(Parse).ToList();
        var variable = _environment(UriVariable) is { Length: > 0 } text ? Parse(text) : null;
        var host = parsed.GetValue(_host);
        var login = uris.Count > 0 ? uris[0] : variable;
        var endpoints = uris.Count > 0 ? [.. uris.Select(uri => uri.Endpoint)]
            : host is null && variable is not null ? [variable.Endpoint]
            : new List<ClusterEndpoint> { new(host ?? DefaultHost, parsed.GetValue(_port) ?? DefaultPort, variable?.Endpoint.UseTls ?? false) };
        var password = parsed.GetValue(_passwordFile) is { } file ? File.ReadLines(file.FullName).FirstOrDefault("") : login?.Password;
        return new ClusterOptions
        {
            Endpoints = endpoints,
            UserName = login?.UserName ?? "guest",
            Password = password ?? "guest",
            VirtualHost = login?.VirtualHost ?? "/",
            ClientName = parsed.GetValue(_clientName) ?? _program,
            Sessions = parsed.GetValue(_sessions) ?? 1,
            Heartbeat = parsed.GetValue(_heartbeat) ?? ClusterOptions.DefaultHeartbeat,
            RecoveryTimeout = parsed.GetValue(_retryFor) ?? retryForDefault,
            Topology = new Topology
            {
                Exchange = parsed.GetRequiredValue(_exchange),
                Queue = parsed.GetRequiredValue(_queue),
                RoutingKey = parsed.GetRequiredValue(_routingKey),
                QueueType = parsed.GetValue(_queueType),
            },
        };
    }

    /// <summary>Tells whether a password stands on the command line, where everyone on the machine can read it.</summary>
    public bool ShowsPassword(ParseResult parsed) => parsed.GetRequiredValue(_uris).Any(text => Parse(text).Password is not null);

    private static AmqpUri Parse(string text) => AmqpUri.TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);

    private static Option<string> Name(string option, string description)
    {
        var name = new Option<string>(option) { Description = description, HelpName = "NAME", DefaultValueFactory = _ => DefaultName };
        name.Validators.Add(result =>
        {
            if (System.Text.Encoding.UTF8.GetByteCount(result.GetValueOrDefault<string>()) is 0 or > byte.MaxValue)
            {
                result.AddError($"{option}: a name is 1 to 255 bytes long.");
            }
        });
        return name;
    }
}
