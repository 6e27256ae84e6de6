using System.CommandLine;
using System.CommandLine.Parsing;
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
    private const int DefaultTlsPort = 5671;
    private const string DefaultLogin = "guest";

    // AMQP allows 255 bytes; the consumer needs some of them for the name of the parked queue.
    private const int LongestName = 247;

    private readonly string _program;
    private readonly Func<string, string?> _environment;

    private readonly Argument<string?> _host = new("HOST")
    {
        Description = $"Host of the load balancer, or of a node. [default: {DefaultHost}]",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = ParseHost,
    };

    private readonly Argument<int?> _port = new("PORT")
    {
        Description = $"Its AMQP port. [default: {DefaultPort}; with TLS {DefaultTlsPort}]",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = ParsePort,
    };

    private readonly Option<string[]> _uris = new("--uri")
    {
        Description = $"Instead of HOST and PORT: amqp[s]://user@host:port/vhost. Repeated: addresses to try in turn. [default: the variable {UriVariable}, which may hold a password]",
        HelpName = "URI",
        DefaultValueFactory = _ => [],
    };

    // Read once, and while parsing: it may be a pipe.
    private readonly Option<PasswordFile?> _password = new("--password-file") { Description = "File whose first line is the password; read again at each connect. [default: guest]", HelpName = "FILE", CustomParser = OpenPasswordFile };
    private readonly TlsFileOptions _tls = new();
    private readonly Option<string> _exchange = Name("--exchange", "Direct, durable exchange to declare.");
    private readonly Option<string> _queue = Name("--queue", "Durable queue to declare.");
    private readonly Option<string> _routingKey = Name("--routing-key", "Routing key that binds the queue to the exchange.");

    private readonly Option<QueueType?> _queueType = OptionParsing.Choice(
        "--queue-type", "Type to declare the queue with. [default: quorum]", new Dictionary<string, QueueType> { ["quorum"] = QueueType.Quorum, ["classic"] = QueueType.Classic });

    private readonly Option<int?> _sessions = OptionParsing.Number("--sessions", "Connections to work on at the same time: 2 shorten outages, and give up the order. [default: 1]", 1, 64, "a number of sessions");
    private readonly Option<TimeSpan?> _heartbeat = OptionParsing.Duration(
        "--heartbeat",
        "Heartbeat to ask the broker for, in whole seconds. [default: 10s]",
        static heartbeat => heartbeat.Ticks % TimeSpan.TicksPerSecond == 0 && heartbeat.TotalSeconds <= ushort.MaxValue,
        "allowed are whole seconds from 1s to 65535s");

    private readonly Option<TimeSpan?> _retryFor;
    private readonly Option<string?> _clientName = new("--client-name") { Description = "Name to show in the broker's list of connections. [default: the program's]", HelpName = "NAME" };

    /// <summary>Initializes the options of a program.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="retryForDefault">What <c>--retry-for</c> is by default, for the help.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public ConnectionOptions(string program, string retryForDefault, Func<string, string?> environment)
    {
        _program = program;
        _environment = environment;
        _retryFor = OptionParsing.Duration("--retry-for", $"Give up when an outage, or the first connect, takes longer. [default: {retryForDefault}]");
    }

    /// <summary>Adds all of them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_host);
        command.Arguments.Add(_port);
        foreach (var option in new Option[] { _uris, _password, _exchange, _queue, _routingKey, _queueType, _sessions, _heartbeat, _retryFor, _clientName })
        {
            command.Options.Add(option);
        }

        _tls.AddTo(command);
        command.Validators.Add(result =>
        {
            // Values are not asked for here: that throws for what could not be parsed.
            var uris = result.GetResult(_uris)?.Tokens.Select(static token => token.Value).ToList() ?? [];
            if (uris.Count > 0 && result.GetResult(_host) is { Tokens.Count: > 0 })
            {
                result.AddError("Give either HOST and PORT or --uri, not both.");
            }

            foreach (var text in uris)
            {
                Check(result, "--uri", text, isUsed: true);
            }

            if (_environment(UriVariable) is { Length: > 0 } variable)
            {
                Check(result, UriVariable, variable, isUsed: uris.Count == 0 && result.GetResult(_host) is not { Tokens.Count: > 0 });
            }
        });
    }

    /// <summary>Makes the library's options of what was written: command line before environment before default.</summary>
    /// <param name="parsed">The parsed command line, free of errors.</param>
    /// <param name="retryForDefault">What <c>--retry-for</c> is when it is not written.</param>
    /// <param name="warn">Is told of what works and should not stay so.</param>
    /// <returns>The options, without observers and loggers.</returns>
    public ClusterOptions Bind(ParseResult parsed, TimeSpan retryForDefault, Action<string> warn)
    {
        var uris = parsed.GetRequiredValue(_uris).Select(Parse).ToList();
        var variable = _environment(UriVariable) is { Length: > 0 } text ? Parse(text) : null;
        var host = parsed.GetValue(_host);
        var useTls = _tls.IsWritten(parsed.CommandResult) || (variable?.Endpoint.UseTls ?? false);
        var endpoints = uris.Count > 0 ? [.. uris.Select(static uri => uri.Endpoint)]
            : host is null && variable is not null ? [variable.Endpoint]
            : new List<ClusterEndpoint> { new(host ?? DefaultHost, parsed.GetValue(_port) ?? (useTls ? DefaultTlsPort : DefaultPort), useTls) };
        var written = uris.FirstOrDefault(static uri => uri.UserName is not null);
        var user = written?.UserName ?? variable?.UserName ?? DefaultLogin;

        // The variable's password is its own user's, nobody else's.
        var password = written?.Password ?? (variable?.UserName == user ? variable.Password : null) ?? DefaultLogin;
        return new ClusterOptions
        {
            Endpoints = endpoints,
            UserName = user,
            Password = parsed.GetValue(_password) is { } file ? () => file.Renewed(warn) : () => password,
            VirtualHost = uris.FirstOrDefault()?.VirtualHost ?? variable?.VirtualHost ?? "/",
            Tls = _tls.Bind(warn),
            ClientName = parsed.GetValue(_clientName) ?? _program,
            Sessions = parsed.GetValue(_sessions) ?? 1,
            Heartbeat = parsed.GetValue(_heartbeat) ?? ClusterOptions.DefaultHeartbeat,
            RecoveryTimeout = parsed.GetValue(_retryFor) ?? retryForDefault,
            Topology = new Topology
            {
                Exchange = parsed.GetRequiredValue(_exchange),
                Queue = parsed.GetRequiredValue(_queue),
                RoutingKey = parsed.GetRequiredValue(_routingKey),
                QueueType = parsed.GetValue(_queueType) ?? QueueType.Quorum,
            },
        };
    }

    /// <summary>Tells whether a password stands on the command line, where everyone on the machine can read it.</summary>
    public bool ShowsPassword(ParseResult parsed) => parsed.GetRequiredValue(_uris).Any(text => Parse(text).Password is not null);

    // With files for TLS, a URI that would not use them would send the password in plain text, which nobody means.
    private void Check(CommandResult result, string source, string text, bool isUsed)
    {
        if (!AmqpUri.TryParse(text, out var uri, out var error))
        {
            result.AddError($"{source}: {error}.");
        }
        else if (isUsed && !uri.Endpoint.UseTls && _tls.IsWritten(result))
        {
            result.AddError($"{source}: amqp:// is not encrypted; with {_tls.Names} write amqps://.");
        }
    }

    private static string? ParseHost(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var host = text.TrimStart('[').TrimEnd(']');
        if (CommandLine.LooksLikeOption(text) && result.Parent is CommandResult command)
        {
            result.AddError(CommandLine.NoSuchOption(command.Command, text));
        }
        else if (text.Contains("://", StringComparison.Ordinal))
        {
            result.AddError("HOST: this is a URI; write --uri before it.");
        }
        else if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            result.AddError(text.Split(':') is [_, { Length: > 0 } port] && port.All(char.IsAsciiDigit)
                ? $"HOST: '{text}' is host and port in one; write a space between them, not a colon."
                : $"HOST: '{text}' is neither a host name nor an address.");
        }

        return host;
    }

    private static int? ParsePort(ArgumentResult result)
    {
        if (CommandLine.LooksLikeOption(result.Tokens[0].Value) && result.Parent is CommandResult command)
        {
            result.AddError(CommandLine.NoSuchOption(command.Command, result.Tokens[0].Value));
            return null;
        }

        return OptionParsing.ParseNumber(result, "PORT", 1, 65535, "a port number");
    }

    /// <summary>Reads the first line of the file that is named, or says what is wrong with it.</summary>
    public static string? ReadPassword(ArgumentResult result) => OpenPasswordFile(result)?.Renewed(static _ => { });

    private static PasswordFile? OpenPasswordFile(ArgumentResult result)
    {
        try
        {
            return new PasswordFile(result.Tokens[0].Value);
        }
        catch (InvalidDataException exception)
        {
            result.AddError(exception.Message);
            return null;
        }
    }

    private static AmqpUri Parse(string text) => AmqpUri.TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);

    private static Option<string> Name(string option, string description)
    {
        var name = new Option<string>(option) { Description = description, HelpName = "NAME", DefaultValueFactory = _ => DefaultName };
        name.Validators.Add(result =>
        {
            if (result.Tokens.Any(static token => System.Text.Encoding.UTF8.GetByteCount(token.Value) is 0 or > LongestName))
            {
                result.AddError($"{option}: a name is 1 to {LongestName} bytes long.");
            }
        });
        return name;
    }
}
