using System.Globalization;
using System.Security.Authentication;

namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>
/// Makes a <see cref="Failure"/> of an exception on a TLS connection, and says how often it must occur before it is fatal. Pure: the same input gives the same
/// failure.
/// </summary>
internal static class TlsFailures
{
    private const int LeastAttempts = 3;

    /// <summary>
    /// Whether a session should try again after a fatal failure of TLS. Another attempt repairs no certificate, and a refused certificate is a matter of
    /// security. But the client sends nothing to a refused server, and behind a load balancer the next node may have a good certificate. So the session ends
    /// only after such failures in at least three attempts in a row, and at every address.
    /// </summary>
    /// <param name="failure">The failure.</param>
    /// <param name="inARow">How many attempts in a row, including this one, had such failures.</param>
    /// <param name="endpoints">The number of addresses.</param>
    public static bool MayPass(Failure failure, int inARow, int endpoints) => IsTls(failure) && inARow < Math.Max(LeastAttempts, endpoints);

    /// <summary>Whether TLS or a certificate is the cause of a failure.</summary>
    public static bool IsTls(Failure failure) => failure.Kind is FailureKind.TlsFailed
        or FailureKind.CertificateUntrusted
        or FailureKind.CertificateExpired
        or FailureKind.CertificateNotYetValid
        or FailureKind.CertificateWrongName
        or FailureKind.ClientCertificateRequired
        or FailureKind.ClientCertificateRefused;

    /// <summary>Classifies the exception that ended an attempt, or gives <see langword="null"/> when TLS is not the cause.</summary>
    public static Failure? Of(Exception exception, TlsProgress progress) => TlsAlerts.Find(exception) is { } alert
        ? OfAlert(alert, progress)
        : Innermost(exception) switch
        {
            // The stream throws this exception for octets that are no TLS record, without further details.
            AuthenticationException when !progress.SawServer => NewFailure.Connection(
                FailureKind.NotTls,
                "the peer does not speak TLS",
                "Check HOST and PORT: the port belongs to another service, or works without TLS (amqp)."),
            IOException when !progress.SawServer => NewFailure.Connection(
                FailureKind.ClosedByPeer,
                "the peer closed the connection during the TLS handshake",
                "If this lasts, no node behind the load balancer is in service, or the port does not speak TLS."),
            _ when progress is { WasAsked: true, ShowsCertificate: false }
                && FailureClassifier.Classify(exception, Phase.Connect).Kind == FailureKind.ClosedByPeer => NewFailure.Connection(
                    FailureKind.ClosedByPeer,
                    "the peer asked for a client certificate, got none, and closed the connection",
                    "Give one with TlsOptions.ClientCertificate; if the peer does not need one, no node behind the load balancer is in service."),
            _ => null,
        };

    private static Failure OfAlert(TlsAlert alert, TlsProgress progress) => alert switch
    {
        TlsAlert.CertificateRequired => ClientCertificateRequired,
        >= TlsAlert.HandshakeFailure and <= TlsAlert.AccessDenied when progress is { WasAsked: true, ShowsCertificate: false } => ClientCertificateRequired,
        (>= TlsAlert.BadCertificate and <= TlsAlert.AccessDenied) or TlsAlert.DecryptError when progress.ShowsCertificate => NewFailure.Fatal(
            FailureKind.ClientCertificateRefused,
            null,
            $"the server refused the client certificate: {Reason(alert)}",
            "Check the certificate of TlsOptions.ClientCertificate, and the authorities that the server trusts."),
        TlsAlert.ProtocolVersion => NewFailure.Fatal(
            FailureKind.TlsFailed, null, "the server speaks neither TLS 1.2 nor TLS 1.3", "Enable one of them at the server."),
        TlsAlert.HandshakeFailure => NewFailure.Fatal(
            FailureKind.TlsFailed,
            null,
            "server and client have no TLS parameters in common (alert 40, handshake_failure)",
            "Check the ciphers that the server allows."),
        _ => NewFailure.Connection(
            FailureKind.TlsFailed,
            string.Create(CultureInfo.InvariantCulture, $"the server ended TLS with alert {(int)alert}"),
            "The server's log has the reason."),
    };

    private static Failure ClientCertificateRequired => NewFailure.Fatal(
        FailureKind.ClientCertificateRequired, null, "the server demands a client certificate", "Give one with TlsOptions.ClientCertificate, and its key.");

    private static string Reason(TlsAlert alert) => alert switch
    {
        TlsAlert.BadCertificate => "it is bad (alert 42, bad_certificate)",
        TlsAlert.UnsupportedCertificate => "its type is not supported (alert 43, unsupported_certificate)",
        TlsAlert.CertificateRevoked => "it is revoked (alert 44, certificate_revoked)",
        TlsAlert.CertificateExpired => "it has expired, or is not yet valid (alert 45, certificate_expired)",
        TlsAlert.UnknownAuthority => "the server does not know its authority (alert 48, unknown_ca)",
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
