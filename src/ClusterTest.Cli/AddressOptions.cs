using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>HOST, PORT, <c>--uri</c> and the variable that replaces them: the addresses to connect to, and the login.</summary>
/// <remarks>A login is used only at the address that it was written for: otherwise the owner of another host would get the password.</remarks>
internal sealed class AddressOptions(Func<string, string?> environment)
{
    private const string Uri = "--uri";
    private const string DefaultHost = "localhost";
    private const int DefaultPort = 5670;
    private const int DefaultTlsPort = 5671;

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

    private readonly Option<string[]> _uris = new(Uri)
    {
        Description = "Instead of HOST and PORT: amqp[s]://user@host:port/vhost?parameters. May be repeated: the program tries the addresses in turn; "
            + $"they may differ in host and port only. [default: the variable {ConnectionOptions.UriVariable}, which may hold a password]",
        HelpName = "URI",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Adds the arguments and the option to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_host);
        command.Arguments.Add(_port);
        command.Options.Add(_uris);
    }

    /// <summary>Checks the addresses on the command line and in the variable.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="tlsOption">An option on the command line that turns TLS on; <see langword="null"/> if there is none.</param>
    /// <returns>The parameters of the URIs that the program uses.</returns>
    public AmqpUriParameters Validate(CommandResult result, string? tlsOption)
    {
        // This code reads tokens, since reading a value throws if the value could not be parsed.
        var written = result.GetResult(_uris)?.Tokens.Select(static token => token.Value).ToList() ?? [];
        var namesHost = result.GetResult(_host) is { Tokens.Count: > 0 };
        if (written.Count > 0 && namesHost)
        {
            result.AddError("Give either HOST and PORT or --uri, not both.");
        }

        var uris = written.Select(text => Check(result, Uri, text, tlsOption)).OfType<AmqpUri>().ToList();
        if (uris.Select(other => Difference(uris[0], other)).FirstOrDefault(static found => found is not null) is { } difference)
        {
            result.AddError($"{Uri}: the addresses differ in their {difference}; give each the same, since the program tries all with the same login.");
        }

        var variable = environment(ConnectionOptions.UriVariable) is { Length: > 0 } text
            ? Check(result, ConnectionOptions.UriVariable, text, written.Count == 0 && !namesHost ? tlsOption : null)
            : null;

        // The variable's parameters are used at the same addresses as its login.
        var addresses = uris.Count > 0 ? uris
            : !namesHost && written.Count == 0 && variable is not null ? [variable]
            : [Written(result, tlsOption is not null || variable?.Endpoint.UseTls == true)];
        return addresses[0].Parameters != AmqpUriParameters.None ? addresses[0].Parameters
            : variable is not null && addresses.All(address => variable.IsFor(address.Endpoint)) ? variable.Parameters
            : AmqpUriParameters.None;
    }

    /// <summary>Gives the addresses to try in turn.</summary>
    /// <param name="parsed">The parsed command line, free of errors.</param>
    /// <param name="useTls">Whether an option turns TLS on.</param>
    /// <param name="hasPassword">Whether an option gives the password.</param>
    /// <param name="warn">Called with a warning if the variable's login is not used.</param>
    /// <returns>At least one address. The addresses differ in host and port only, and have the same login.</returns>
    public IReadOnlyList<AmqpUri> Bind(ParseResult parsed, bool useTls, bool hasPassword, Action<string> warn)
    {
        var uris = parsed.GetRequiredValue(_uris).Select(Parse).ToList();
        var variable = environment(ConnectionOptions.UriVariable) is { Length: > 0 } text ? Parse(text) : null;
        var host = parsed.GetValue(_host);
        if (uris.Count == 0 && host is null && variable is not null)
        {
            return [variable];
        }

        if (uris.Count == 0)
        {
            var usesTls = useTls || variable?.Endpoint.UseTls == true;
            var port = parsed.GetValue(_port) ?? (usesTls ? DefaultTlsPort : DefaultPort);
            uris.Add(new AmqpUri(new ClusterEndpoint(host ?? DefaultHost, port, usesTls), null, null, null));
        }

        if (variable is null || uris.Find(uri => !variable.IsFor(uri.Endpoint)) is not { } other)
        {
            return [.. uris.Select(uri => uri.WithLoginOf(variable))];
        }

        if (variable.UserName is { } user && (other.UserName is null || (other.UserName == user && other.Password is null && !hasPassword)))
        {
            warn($"The login in {ConnectionOptions.UriVariable} is for {variable.Endpoint} and is not used at {other.Endpoint}; "
                + $"write the user into {Uri}, and the password into the file of --password-file");
        }

        return uris;
    }

    /// <summary>Tells whether the command line contains a password: everybody on the machine can read it there.</summary>
    public bool ShowsPassword(ParseResult parsed) => parsed.GetRequiredValue(_uris).Any(text => Parse(text).Password is not null);

    private AmqpUri Written(CommandResult result, bool usesTls)
    {
        var host = result.GetResult(_host)?.Tokens is [{ Value: var name }] ? name.TrimStart('[').TrimEnd(']') : DefaultHost;
        var defaultPort = usesTls ? DefaultTlsPort : DefaultPort;
        var port = result.GetResult(_port)?.Tokens is [{ Value: var number }]
            && ushort.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var written)
                ? written
                : defaultPort;
        return new AmqpUri(new ClusterEndpoint(host, port, usesTls), null, null, null);
    }

    /// <summary>Names the first difference of two URIs other than host and port; <see langword="null"/> if there is none.</summary>
    private static string? Difference(AmqpUri left, AmqpUri right) =>
        left.Endpoint.UseTls != right.Endpoint.UseTls ? "TLS"
        : left.UserName != right.UserName ? "user"
        : left.Password != right.Password ? "password"
        : (left.VirtualHost ?? ClusterOptions.DefaultVirtualHost) != (right.VirtualHost ?? ClusterOptions.DefaultVirtualHost) ? "virtual host"
        : left.Parameters != right.Parameters ? "parameters"
        : null;

    // An option for TLS and a URI without TLS contradict each other: the password would be sent in plain text.
    private static AmqpUri? Check(CommandResult result, string writtenIn, string text, string? tlsOption)
    {
        if (!AmqpUri.TryParse(text, out var uri, out var error))
        {
            result.AddError($"{writtenIn}: {error}.");
            return null;
        }

        if (tlsOption is not null && !uri.Endpoint.UseTls)
        {
            result.AddError($"{writtenIn}: amqp:// is not encrypted; with {tlsOption} write amqps://.");
        }

        return uri;
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
        else if (System.Uri.CheckHostName(host) == UriHostNameType.Unknown)
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

    private static AmqpUri Parse(string text) => AmqpUri.TryParse(text, out var uri, out var error) ? uri : throw new FormatException(error);
}
