using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Tls;

/// <summary>
/// The TLS side of one attempt to connect. It remembers how far the handshake got, since the exception of a failed handshake does not say.
/// </summary>
internal sealed class TlsAttempt(TlsOptions options, string host)
{
    private readonly string _name = options.ServerName ?? host;
    private Failure? _refusal;
    private TlsProgress _progress = new(ShowsCertificate: options.ClientCertificate is not null);

    /// <summary>Makes the client library's TLS options for this attempt.</summary>
    public SslOption CreateOption() => new(_name, enabled: true)
    {
#pragma warning disable CA5398 // The system's default may include TLS 1.0 and 1.1, which are deprecated (RFC 8996).
        Version = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        ClientCertificateContext = options.ClientCertificate,
        CertificateValidationCallback = Accepts,
        CertificateSelectionCallback = SelectNone,
    };

    /// <summary>Explains the end of this attempt by TLS; <see langword="null"/> if TLS is not the cause.</summary>
    public Failure? Explain(Exception exception) => _refusal ?? TlsFailures.Of(exception, _progress);

    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _refusal = ServerCertificate.Judge(options.TrustedAuthorities, certificate as X509Certificate2, chain, errors, _name);
        _progress = _progress with { SawServer = true };
        return _refusal is null;
    }

    // Called only if no client certificate is configured: first without the server's certificate, then with it if the server asks for a client certificate.
    private X509Certificate SelectNone(
        object sender,
        string targetHost,
        X509CertificateCollection localCertificates,
        X509Certificate? remoteCertificate,
        string[] acceptableIssuers)
    {
        var isAsked = remoteCertificate is not null;
        _progress = _progress with { WasAsked = _progress.WasAsked || isAsked, SawServer = _progress.SawServer || isAsked };
        return null!; // null means no certificate; the delegate's type does not allow it, but the framework does
    }
}
