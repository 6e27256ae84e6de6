using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTest.Reconnect;

/// <summary>
/// The trusted authorities and the client certificate of TLS connections. The library uses TLS 1.2 or 1.3, nothing older. The server's certificate must be
/// for the endpoint's host, or for <see cref="ServerName"/>, be valid today, and come from a trusted authority. No option turns these checks off.
/// </summary>
/// <remarks>
/// Revocation is not checked. For such a check a client would have to reach the authority's servers before its own cluster, so an outage of these servers
/// would be an outage of the cluster. Private authorities, which issue most brokers' certificates, seldom have such servers. To revoke a broker's
/// certificate, let it expire soon or replace the authority.
/// </remarks>
public sealed record TlsOptions
{
    /// <summary>
    /// Gets the only authorities to trust: their root certificates, and the intermediate certificates that the servers do not send.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the authorities that the system trusts.</value>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>Gets the client certificate, with its private key and its intermediate certificates, for servers that ask for one.</summary>
    /// <value>The default is <see langword="null"/>: no client certificate.</value>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>
    /// Gets the name that the server's certificate must be for, and that the client requests from the server (SNI). Set this for a port-forward or a
    /// tunnel, where the name differs from the endpoint's host.
    /// </summary>
    /// <value>The default is <see langword="null"/>: <see cref="ClusterEndpoint.Host"/>.</value>
    public string? ServerName { get; init; }
}
