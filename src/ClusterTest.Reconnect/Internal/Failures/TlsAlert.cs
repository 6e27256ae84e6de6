using System.Security.Cryptography;

namespace ClusterTest.Reconnect.Internal.Failures;

/// <summary>The alerts with which a server may end a TLS connection (RFC 8446, 6.2), as far as this library distinguishes them.</summary>
internal enum TlsAlert
{
    HandshakeFailure = 40,
    BadCertificate = 42,
    UnsupportedCertificate = 43,
    CertificateRevoked = 44,
    CertificateExpired = 45,
    CertificateUnknown = 46,
    UnknownAuthority = 48,
    AccessDenied = 49,
    DecryptError = 51,
    ProtocolVersion = 70,
    CertificateRequired = 116,
}

/// <summary>Finds a server's alert in an exception.</summary>
internal static class TlsAlerts
{
    // An error code of OpenSSL 3 consists of a library (SSL is 20) and a reason. Reasons from 1000 on are alerts from the peer.
    private const int SslLibrary = 20;
    private const int LibraryShift = 23;
    private const int FirstAlert = 1000;

    /// <summary>
    /// Finds the alert that a server sent, or gives <see langword="null"/>. With TLS 1.3 a client has finished its handshake before the server looks at the
    /// client's certificate, so the alert comes with the first read, inside exceptions of the stream and of the client library.
    /// </summary>
    public static TlsAlert? Find(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause is AggregateException { InnerExceptions: [.., var last] } ? last : cause.InnerException)
        {
            if (cause is CryptographicException { HResult: var code } && code >> LibraryShift == SslLibrary
                && (code & ((1 << LibraryShift) - 1)) - FirstAlert is >= 0 and <= byte.MaxValue and var alert)
            {
                return (TlsAlert)alert;
            }
        }

        return null;
    }
}
