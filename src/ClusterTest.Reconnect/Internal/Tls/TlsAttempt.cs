using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Tls;

/// <summary>
/// The TLS side of one attempt to connect. It remembers what the handshake came to, since the exceptions of a failure do not tell.
/// </summary>
internal sealed class TlsAttempt(TlsOptions options, string host)
{
    private readonly string _name = options.ServerName ?? host;
    private Failure? _refusal;
    private TlsProgress _progress = new(ShowsCertificate: options.ClientCertificate is not null);

    /// <summary>Makes the client library's options for this attempt.</summary>
    public SslOption CreateOption() => new(_name, enabled: true)
    {
#pragma warning disable CA5398 // The system's own choice may include TLS 1.0 and 1.1 (RFC 8996).
        Version = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        ClientCertificateContext = options.ClientCertificate,
        CertificateValidationCallback = Accepts,
        CertificateSelectionCallback = SelectNone,
    };

    /// <summary>Tells what a failure of this attempt means, if it has to do with TLS; <see langword="null"/> otherwise.</summary>
    public Failure? Explain(Exception exception) => _refusal ?? TlsFailures.Of(exception, _progress);

    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _refusal = ServerCertificate.Judge(options.TrustedAuthorities, certificate as X509Certificate2, chain, errors, _name);
        _progress = _progress with { SawServer = true };
        return _refusal is null;
    }

    // Called only while there is no client certificate to show: at first without, then with the certificate of a server that asks for one.
    private X509Certificate SelectNone(object sender, string targetHost, X509CertificateCollection localCertificates, X509Certificate? remoteCertificate, string[] acceptableIssuers)
    {
        _progress = _progress with { WasAsked = _progress.WasAsked || remoteCertificate is not null, SawServer = _progress.SawServer || remoteCertificate is not null };
        return null!; // none: the delegate's type does not say that it may
    }
}
