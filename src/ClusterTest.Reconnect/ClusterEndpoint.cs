namespace ClusterTest.Reconnect;

/// <summary>An address to connect to: usually the load balancer's, otherwise a node's.</summary>
/// <param name="Host">
/// A host name or an IP address. Each attempt to connect looks the name up and races its addresses (RFC 8305); the next attempt, and the next hot
/// session, begin with another address. TLS checks the name.
/// </param>
/// <param name="Port">A TCP port, 1 to 65535.</param>
/// <param name="UseTls">Whether to use TLS (<c>amqps</c>). <see cref="TlsOptions"/> says how the server is checked.</param>
public sealed record ClusterEndpoint(string Host, int Port, bool UseTls = false)
{
    /// <summary>Gives <c>host:port</c>, with IPv6 addresses in brackets.</summary>
    /// <returns>The address in its usual notation.</returns>
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
