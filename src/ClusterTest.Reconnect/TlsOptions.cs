using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTest.Reconnect;

/// <summary>
/// What TLS connections trust, and what they show. TLS 1.2 and 1.3 are spoken, nothing older. The server's certificate must be for the name
/// that was asked for, or that <see cref="ServerName"/> gives, be valid today, and come from a trusted authority; no option turns that off.
/// </summary>
/// <remarks>
/// Revocation is not checked. A client would have to reach the authority's servers before it may reach its own cluster, so that their outage
/// would be the cluster's; private authorities, which most brokers' certificates come from, seldom have such servers. To revoke a
/// broker's certificate, let it expire soon or replace the authority.
/// </remarks>
public sealed record TlsOptions
{
    /// <summary>Gets the authorities that alone are trusted: root certificates, and any intermediate ones that servers do not send.</summary>
    /// <value>The default is <see langword="null"/>: those that the system trusts.</value>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>Gets the certificate, with its private key and intermediate certificates, that is shown to a server that asks for one.</summary>
    /// <value>The default is <see langword="null"/>: none.</value>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>Gets the name that the server's certificate must be for, and that the server is asked for (SNI), where that is not the endpoint's host.</summary>
    /// <value>The default is <see langword="null"/>: <see cref="ClusterEndpoint.Host"/>. For a port-forward, or a tunnel.</value>
    public string? ServerName { get; init; }
}
