using System.Globalization;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>
/// The parameters after the <c>?</c> of an AMQP URI (RabbitMQ, "URI Query Parameters"). Parameters that the URI does not contain are <see langword="null"/>.
/// </summary>
public sealed record AmqpUriParameters
{
    /// <summary>No parameters.</summary>
    public static readonly AmqpUriParameters None = new();

    private static readonly SortedDictionary<string, Func<AmqpUriParameters, string, string, AmqpUriParameters>> Known = new(StringComparer.Ordinal)
    {
        ["heartbeat"] = static (all, name, value) => all with { Heartbeat = TimeSpan.FromSeconds(Number(name, value, 1, ushort.MaxValue, "seconds")) },
        ["connection_timeout"] = static (all, name, value) => all with
        {
            ConnectionTimeout = TimeSpan.FromMilliseconds(Number(name, value, 1, int.MaxValue, "milliseconds")),
        },
        ["channel_max"] = static (all, name, value) => all with
        {
            ChannelMax = value == "0" ? ushort.MaxValue : Number(name, value, ClusterOptions.LeastChannelMax, ushort.MaxValue, "channels"),
        },
        ["auth_mechanism"] = static (all, name, value) => all with { Mechanisms = all.Mechanisms | Mechanism(name, value) },
        ["cacertfile"] = static (all, _, value) => all with { AuthorityFile = value },
        ["certfile"] = static (all, _, value) => all with { CertificateFile = value },
        ["keyfile"] = static (all, _, value) => all with { KeyFile = value },
        ["server_name_indication"] = static (all, name, value) => all with { ServerName = ServerNameOf(name, value) },
        ["verify"] = static (all, name, value) => value == "verify_peer" ? all with { IsForTls = true } : throw NeverUnchecked(name, value),
    };

    /// <summary>Gets the heartbeat to ask for.</summary>
    public TimeSpan? Heartbeat { get; private init; }

    /// <summary>Gets how long one attempt to connect may take.</summary>
    public TimeSpan? ConnectionTimeout { get; private init; }

    /// <summary>Gets the number of channels to ask for.</summary>
    public int? ChannelMax { get; private init; }

    /// <summary>Gets the ways to log in; <see cref="AuthMechanisms.None"/> if the URI does not contain any.</summary>
    public AuthMechanisms Mechanisms { get; private init; }

    /// <summary>Gets the file of the only authorities to trust.</summary>
    public string? AuthorityFile { get; private init; }

    /// <summary>Gets the file of the client certificate.</summary>
    public string? CertificateFile { get; private init; }

    /// <summary>Gets the file of its private key.</summary>
    public string? KeyFile { get; private init; }

    /// <summary>Gets the name that the server's certificate must be for.</summary>
    public string? ServerName { get; private init; }

    private bool IsForTls { get; init; }

    /// <summary>Reads the parameters.</summary>
    /// <param name="query">The query of the URI, from the <c>?</c> on; may be empty.</param>
    /// <param name="useTls">Whether the URI is for TLS.</param>
    /// <exception cref="FormatException">A parameter cannot be used. The message names the parameter, and shows no other text of the URI.</exception>
    internal static AmqpUriParameters Parse(string query, bool useTls)
    {
        var all = None;
        foreach (var written in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = written.Split('=', 2) is [var left, var right]
                ? (Uri.UnescapeDataString(left), Uri.UnescapeDataString(right))
                : (Uri.UnescapeDataString(written), "");
            if (!Known.TryGetValue(name, out var read))
            {
                throw new FormatException($"'{name}' is not one of its parameters: {string.Join(", ", Known.Keys)}");
            }

            all = value.Length > 0 ? read(all, name, value) : throw new FormatException($"{name} has no value");
            if (!useTls && name is "cacertfile" or "certfile" or "keyfile" or "server_name_indication" or "verify")
            {
                throw new FormatException($"{name} is for amqps://");
            }
        }

        return all;
    }

    private static int Number(string name, string value, int least, int most, string what) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name}={value} is not a number of {what} from {least} to {most}"));

    private static AuthMechanisms Mechanism(string name, string value) => value.ToUpperInvariant() switch
    {
        "PLAIN" => AuthMechanisms.Plain,
        "EXTERNAL" => AuthMechanisms.External,
        _ => throw new FormatException($"{name}={value} is not supported; supported are plain and external"),
    };

    private static string ServerNameOf(string name, string value) =>
        value == "disable" ? throw NeverUnchecked(name, value)
        : Uri.CheckHostName(value) == UriHostNameType.Unknown ? throw new FormatException($"{name}={value} is not the name of a host")
        : value;

    private static FormatException NeverUnchecked(string name, string value) =>
        new($"{name}={value}: the server's certificate is always checked; server_name_indication names another name for it, cacertfile another authority");
}
