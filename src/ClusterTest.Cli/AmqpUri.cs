using System.Globalization;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>
/// An AMQP URI: <c>amqp://user:password@host:port/vhost?parameters</c> (RabbitMQ URI Specification). Components that the URI does not contain are
/// <see langword="null"/>.
/// </summary>
public sealed record AmqpUri(ClusterEndpoint Endpoint, string? UserName, string? Password, string? VirtualHost)
{
    private const int DefaultPort = 5672;
    private const int DefaultTlsPort = 5671;

    /// <summary>Gets the parameters after the <c>?</c>.</summary>
    public AmqpUriParameters Parameters { get; init; } = AmqpUriParameters.None;

    /// <summary>
    /// Gets whether the URI's user, password and virtual host may be used at an address: at the same host and port only, and not without TLS if the URI is
    /// for TLS.
    /// </summary>
    public bool IsFor(ClusterEndpoint endpoint) =>
        (Endpoint with { Host = endpoint.Host }) == endpoint && Endpoint.Host.Equals(endpoint.Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Adds the missing user, password and virtual host from another URI, if that URI is for the same address. A password is added only for the same user.
    /// </summary>
    public AmqpUri WithLoginOf(AmqpUri? other) => other?.IsFor(Endpoint) != true ? this : this with
    {
        UserName = UserName ?? other.UserName,
        Password = Password ?? ((UserName ?? other.UserName) == other.UserName ? other.Password : null),
        VirtualHost = VirtualHost ?? other.VirtualHost,
    };

    /// <summary>
    /// Writes the URI so that <see cref="TryParse"/> can read it, with the password and without the parameters. The result is for an environment variable,
    /// not for people.
    /// </summary>
    public string Format()
    {
        var credentials = UserName is null ? "" : $"{Uri.EscapeDataString(UserName)}{(Password is null ? "" : $":{Uri.EscapeDataString(Password)}")}@";
        var host = Endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{Endpoint.Host}]" : Endpoint.Host;
        var virtualHost = VirtualHost is null ? "" : $"/{Uri.EscapeDataString(VirtualHost)}";
        return string.Create(CultureInfo.InvariantCulture, $"{(Endpoint.UseTls ? "amqps" : "amqp")}://{credentials}{host}:{Endpoint.Port}{virtualHost}");
    }

    /// <summary>Reads a URI.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="uri">The parsed URI.</param>
    /// <param name="error">What is wrong with the text. The error does not show the text, which may contain a password.</param>
    /// <returns>Whether the text is an AMQP URI.</returns>
    public static bool TryParse(string text, out AmqpUri uri, out string error)
    {
        uri = new AmqpUri(new ClusterEndpoint("localhost", DefaultPort), null, null, null);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("amqp" or "amqps") || parsed.Host.Length == 0 || parsed.Port == 0)
        {
            error = "it is not of the form amqp://user:password@host:port/vhost (or amqps://); special characters in user, password and vhost are written %xx";
            return false;
        }

        if (parsed.PathAndQuery.Contains('@', StringComparison.Ordinal))
        {
            error = "it has an @ in its virtual host or parameters; an @ there is written %40, and in a password / is written %2f and ? %3f";
            return false;
        }

        if (parsed.AbsolutePath.LastIndexOf('/') > 0 || parsed.Fragment.Length > 0)
        {
            error = "after the virtual host nothing may follow but parameters (?name=value&…); a slash in its name is written %2f";
            return false;
        }

        var useTls = parsed.Scheme == "amqps";
        var port = parsed.Port > 0 ? parsed.Port : useTls ? DefaultTlsPort : DefaultPort;
        var credentials = parsed.UserInfo.Split(':', 2);
        AmqpUriParameters parameters;
        try
        {
            parameters = AmqpUriParameters.Parse(parsed.Query, useTls);
        }
        catch (FormatException exception)
        {
            error = exception.Message;
            return false;
        }

        uri = new AmqpUri(
            new ClusterEndpoint(parsed.DnsSafeHost, port, useTls),
            credentials[0].Length == 0 ? null : Uri.UnescapeDataString(credentials[0]),
            credentials.Length < 2 ? null : Uri.UnescapeDataString(credentials[1]),
            parsed.AbsolutePath.Length <= 1 ? null : Uri.UnescapeDataString(parsed.AbsolutePath[1..]))
        {
            Parameters = parameters,
        };
        error = "";
        return true;
    }
}
