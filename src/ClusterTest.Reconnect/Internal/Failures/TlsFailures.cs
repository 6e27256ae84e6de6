using System.Globalization;
using System.Security.Authentication;

namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>Tells what a failure on a TLS connection means, and how often it must be heard. Pure: the same input gives the same failure.</summary>
internal static class TlsFailures
{
    private const int LeastAttempts = 3;

    /// <summary>
    /// Whether a failure that TLS calls fatal should be tried again all the same. Retrying mends no certificate, and a refused
    /// certificate is a matter of security; but nothing is said to a refused server, and behind a load balancer the next node may be fine. So the
    /// session ends only when it hears nothing else: at three attempts in a row, and at every address.
    /// </summary>
    /// <param name="failure">The failure.</param>
    /// <param name="inARow">How many attempts, this one included, have failed by such failures.</param>
    /// <param name="endpoints">The number of addresses.</param>
    public static bool MayPass(Failure failure, int inARow, int endpoints) => IsTls(failure) && inARow < Math.Max(LeastAttempts, endpoints);

    /// <summary>Whether TLS, or a certificate, is the matter.</summary>
    public static bool IsTls(Failure failure) => failure.Kind is FailureKind.TlsFailed or FailureKind.CertificateUntrusted or FailureKind.CertificateExpired
        or FailureKind.CertificateNotYetValid or FailureKind.CertificateWrongName or FailureKind.ClientCertificateRequired or FailureKind.ClientCertificateRefused;

    /// <summary>Classifies what ended an attempt, or gives <see langword="null"/> when TLS has nothing to do with it.</summary>
    public static Failure? Of(Exception exception, TlsProgress progress) => TlsAlerts.Find(exception) is { } alert
        ? OfAlert(alert, progress)
        : Innermost(exception) switch
        {
            // The stream's own words for octets that are no TLS record; nothing more exact comes with them.
            AuthenticationException when !progress.SawServer => NewFailure.Connection(FailureKind.NotTls, "what answers there does not speak TLS", "Check HOST and PORT: the port is another service's, or wants no TLS (amqp)."),
            IOException when !progress.SawServer => NewFailure.Connection(FailureKind.ClosedByPeer, "the peer closed the connection during the TLS handshake", "If this stays, no node behind the load balancer is in service, or the port does not speak TLS."),
            _ when progress is { WasAsked: true, ShowsCertificate: false } && FailureClassifier.Classify(exception, Phase.Connect).Kind == FailureKind.ClosedByPeer
                => NewFailure.Connection(FailureKind.ClosedByPeer, "the peer asked for a client certificate, got none, and closed the connection", "Give one with TlsOptions.ClientCertificate; if it is not needed, no node behind the load balancer is in service."),
            _ => null,
        };

    private static Failure OfAlert(TlsAlert alert, TlsProgress progress) => alert switch
    {
        TlsAlert.CertificateRequired => ClientCertificateRequired,
        >= TlsAlert.HandshakeFailure and <= TlsAlert.AccessDenied when progress is { WasAsked: true, ShowsCertificate: false } => ClientCertificateRequired,
        (>= TlsAlert.BadCertificate and <= TlsAlert.AccessDenied) or TlsAlert.DecryptError when progress.ShowsCertificate => NewFailure.Fatal(
            FailureKind.ClientCertificateRefused, null, $"the server refused the client certificate: {Reason(alert)}", "Check the certificate of TlsOptions.ClientCertificate, and the authorities that the server trusts."),
        TlsAlert.ProtocolVersion => NewFailure.Fatal(FailureKind.TlsFailed, null, "the server speaks neither TLS 1.2 nor TLS 1.3", "Enable one of them there."),
        TlsAlert.HandshakeFailure => NewFailure.Fatal(FailureKind.TlsFailed, null, "the server found nothing in common to speak TLS with (alert 40, handshake_failure)", "Check the ciphers that it allows."),
        _ => NewFailure.Connection(FailureKind.TlsFailed, string.Create(CultureInfo.InvariantCulture, $"the server ended TLS with alert {(int)alert}"), "The server's log tells why."),
    };

    private static Failure ClientCertificateRequired =>
        NewFailure.Fatal(FailureKind.ClientCertificateRequired, null, "the server demands a client certificate", "Give one with TlsOptions.ClientCertificate, and its key.");

    private static string Reason(TlsAlert alert) => alert switch
    {
        TlsAlert.BadCertificate => "it is bad (alert 42, bad_certificate)",
        TlsAlert.UnsupportedCertificate => "it is of a kind that is not supported (alert 43, unsupported_certificate)",
        TlsAlert.CertificateRevoked => "it is revoked (alert 44, certificate_revoked)",
        TlsAlert.CertificateExpired => "it has expired, or is not yet valid (alert 45, certificate_expired)",
        TlsAlert.UnknownAuthority => "its authority is unknown there (alert 48, unknown_ca)",
        TlsAlert.AccessDenied => "it gives no access (alert 49, access_denied)",
        TlsAlert.DecryptError => "its signature does not verify (alert 51, decrypt_error)",
        _ => string.Create(CultureInfo.InvariantCulture, $"alert {(int)alert}"),
    };

    private static Exception Innermost(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Innermost(last),
        { InnerException: { } inner } => Innermost(inner),
        _ => exception,
    };
}
