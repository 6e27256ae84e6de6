using System.CommandLine;
using System.CommandLine.Parsing;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>The arguments and options about the connection that both programs share.</summary>
public sealed class ConnectionOptions
{
    /// <summary>The environment variable that replaces HOST, PORT and <c>--uri</c>.</summary>
    public const string UriVariable = "CLUSTER_TEST_URI";

    private const string DefaultLogin = "guest";

    private readonly string _program;
    private readonly AddressOptions _addresses;

    // The parser opens the file, and opens it only once, since it may be a pipe.
    private readonly Option<PasswordFile?> _password = new("--password-file")
    {
        Description = "File whose first line is the password. The program reads the file again at each connect. [default: guest]",
        HelpName = "FILE",
        CustomParser = OpenPasswordFile,
    };

    private readonly TlsFileOptions _tls = new();
    private readonly TopologyOptions _topology = new();

    private readonly Option<int?> _sessions = OptionParsing.Number(
        "--sessions",
        "Number of connections that the program uses at the same time. With 2, outages are shorter, and the order of messages is not kept. [default: 1]",
        1,
        64,
        "a number of sessions");

    private readonly Option<TimeSpan?> _heartbeat = OptionParsing.Duration(
        "--heartbeat",
        "Heartbeat interval to ask the broker for, in whole seconds. [default: 10s]",
        static heartbeat => heartbeat.Ticks % TimeSpan.TicksPerSecond == 0 && heartbeat.TotalSeconds <= ushort.MaxValue,
        "allowed are whole seconds from 1s to 65535s");

    private readonly Option<TimeSpan?> _retryFor;

    private readonly Option<TimeSpan?> _maxBackoff = OptionParsing.Duration(
        "--max-backoff",
        "Longest wait between two attempts to connect. [default: 1s]",
        static wait => wait >= ClusterOptions.LeastMaxBackoff && wait <= ClusterOptions.GreatestMaxBackoff,
        "allowed is 10ms to 1h");

    private readonly Option<string?> _clientName = new("--client-name")
    {
        Description = "Name to show in the broker's list of connections. [default: the program's]",
        HelpName = "NAME",
    };

    private AmqpUriParameters _parameters = AmqpUriParameters.None;

    /// <summary>Initializes the options of a program.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="retryForDefault">The default of <c>--retry-for</c>, in words for the help.</param>
    /// <param name="environment">Reads an environment variable.</param>
    public ConnectionOptions(string program, string retryForDefault, Func<string, string?> environment)
    {
        _program = program;
        _addresses = new AddressOptions(environment);
        _retryFor = OptionParsing.Duration(
            "--retry-for", $"Give up when the program has had no connection for this long, the first connect included. [default: {retryForDefault}]");
    }

    /// <summary>Adds the arguments and options to a command.</summary>
    public void AddTo(Command command)
    {
        _addresses.AddTo(command);
        command.Options.Add(_password);
        _topology.AddTo(command);
        foreach (var option in new Option[] { _sessions, _heartbeat, _retryFor, _maxBackoff, _clientName })
        {
            command.Options.Add(option);
        }

        _tls.AddTo(command);
        command.Validators.Add(result =>
        {
            _parameters = _addresses.Validate(result, _tls.FindWritten(result));
            _tls.Validate(result, _parameters);
        });
    }

    /// <summary>Makes the library's options. The command line counts before the environment, and the environment before the defaults.</summary>
    /// <param name="parsed">The parsed command line, free of errors.</param>
    /// <param name="retryForDefault">The value of <c>--retry-for</c> if the command line does not contain it.</param>
    /// <param name="warn">Called with a warning about settings that work and that the user should change.</param>
    /// <returns>The options, without observers and loggers.</returns>
    public ClusterOptions Bind(ParseResult parsed, TimeSpan retryForDefault, Action<string> warn)
    {
        var file = parsed.GetValue(_password);
        var addresses = _addresses.Bind(parsed, _tls.FindWritten(parsed.CommandResult) is not null, file is not null, warn);
        var (user, password) = (addresses[0].UserName, addresses[0].Password ?? DefaultLogin);
        return new ClusterOptions
        {
            Endpoints = [.. addresses.Select(static address => address.Endpoint)],
            UserName = user ?? DefaultLogin,
            Password = file is null ? () => password : () => file.Renewed(warn),
            AuthMechanisms = _parameters.Mechanisms is not AuthMechanisms.None and var mechanisms ? mechanisms
                : user is null && file is null && _tls.HasCertificate ? AuthMechanisms.External | AuthMechanisms.Plain
                : AuthMechanisms.Plain,
            VirtualHost = addresses[0].VirtualHost ?? ClusterOptions.DefaultVirtualHost,
            Tls = _tls.Bind(warn),
            ClientName = parsed.GetValue(_clientName) ?? _program,
            Sessions = parsed.GetValue(_sessions) ?? 1,
            Heartbeat = parsed.GetValue(_heartbeat) ?? _parameters.Heartbeat ?? ClusterOptions.DefaultHeartbeat,
            AttemptTimeout = _parameters.ConnectionTimeout ?? ClusterOptions.DefaultAttemptTimeout,
            ChannelMax = _parameters.ChannelMax ?? ClusterOptions.DefaultChannelMax,
            MaxBackoff = parsed.GetValue(_maxBackoff) ?? ClusterOptions.DefaultMaxBackoff,
            RecoveryTimeout = parsed.GetValue(_retryFor) ?? retryForDefault,
            Topology = _topology.Bind(parsed),
        };
    }

    /// <summary>Tells whether the command line contains a password: everybody on the machine can read it there.</summary>
    public bool ShowsPassword(ParseResult parsed) => _addresses.ShowsPassword(parsed);

    /// <summary>Reads the first line of the named file, or adds an error that says what is wrong with the file.</summary>
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
}
