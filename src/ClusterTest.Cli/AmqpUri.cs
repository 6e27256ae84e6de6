using System.Globalization;
using ClusterTest.Reconnect;

namespace ClusterTest.Cli;

/// <summary>
/// What an AMQP URI says: <c>amqp://user:password@host:port/vhost</c> (RabbitMQ URI Specification). Parts that are not written are
/// <see langword="null"/>.
/// </summary>
public sealed record AmqpUri(ClusterEndpoint Endpoint, string? UserName, string? Password, string? VirtualHost)
{
    private const int DefaultPort = 5672;
    private const int DefaultTlsPort = 5671;

    /// <summary>Writes it as it is read, password and all: for an environment variable, not for people.</summary>
    public string Format()
    {
        var credentials = UserName is null ? "" : $"{Uri.EscapeDataString(UserName)}{(Password is null ? "" : $":{Uri.EscapeDataString(Password)}")}@";
        var host = Endpoint.Host.Contains(':', StringComparison.Ordinal) ? $"[{Endpoint.Host}]" : Endpoint.Host;
        var virtualHost = VirtualHost is null ? "" : $"/{Uri.EscapeDataString(VirtualHost)}";
        return string.Create(CultureInfo.InvariantCulture, $"{(Endpoint.UseTls ? "amqps" : "amqp")}://{credentials}{host}:{Endpoint.Port}{virtualHost}");
    }

    /// <summary>Reads a URI.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="uri">What it says.</param>
    /// <param name="error">What is wrong with it, without showing it: it may hold a password.</param>
    /// <returns>Whether it is an AMQP URI.</returns>
    public static bool TryParse(string text, out AmqpUri uri, out string error)
    {
        uri = new AmqpUri(new ClusterEndpoint("localhost", DefaultPort), null, null, null);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("amqp" or "amqps") || parsed.Host.Length == 0 || parsed.Port == 0)
        {
            error = "it is not of the form amqp://user:password@host:port/vhost (or amqps://); special characters in user, password and vhost are written %xx";
            return false;
        }

        if (parsed.AbsolutePath.Contains('@', StringComparison.Ordinal))
        {
            error = "it has an @ in its virtual host; an @ there is written %40, and a / in a password %2f";
            return false;
        }

        if (parsed.AbsolutePath.LastIndexOf('/') > 0 || parsed.Query.Length > 0 || parsed.Fragment.Length > 0)
        {
            error = "after the virtual host nothing may follow; a slash in its name is written %2f";
            return false;
        }

        var useTls = parsed.Scheme == "amqps";
        var port = parsed.Port > 0 ? parsed.Port : useTls ? DefaultTlsPort : DefaultPort;
        var credentials = parsed.UserInfo.Split(':', 2);
        uri = new AmqpUri(
            new ClusterEndpoint(parsed.DnsSafeHost, port, useTls),
            credentials[0].Length == 0 ? null : Uri.UnescapeDataString(credentials[0]),
            credentials.Length < 2 ? null : Uri.UnescapeDataString(credentials[1]),
            parsed.AbsolutePath.Length <= 1 ? null : Uri.UnescapeDataString(parsed.AbsolutePath[1..]));
        error = "";
        return true;
    }
}
