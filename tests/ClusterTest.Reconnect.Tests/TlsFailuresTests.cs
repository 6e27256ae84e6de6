using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using ClusterTest.Reconnect.Internal.Failures;
using RabbitMQ.Client.Exceptions;
using Xunit;
using static ClusterTest.Reconnect.FailureKind;

namespace ClusterTest.Reconnect.Tests;

public sealed class TlsFailuresTests
{
    private static readonly TlsProgress Begun = new(SawServer: false);
    private static readonly TlsProgress Seen = new(SawServer: true);
    private static readonly TlsProgress Asked = new(SawServer: true, WasAsked: true);
    private static readonly TlsProgress Shown = new(SawServer: true, ShowsCertificate: true);

    [Theory]
    [InlineData(40, TlsFailed, ClientCertificateRequired, TlsFailed)]
    [InlineData(42, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(43, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(44, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(45, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(46, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(48, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(49, null, ClientCertificateRequired, ClientCertificateRefused)]
    [InlineData(51, null, null, ClientCertificateRefused)]
    [InlineData(70, TlsFailed, TlsFailed, TlsFailed)]
    [InlineData(80, null, null, null)]
    [InlineData(116, ClientCertificateRequired, ClientCertificateRequired, ClientCertificateRequired)]
    public void Knows_alerts_by_what_was_asked_and_shown(int alert, FailureKind? seen, FailureKind? asked, FailureKind? shown)
    {
        foreach (var (progress, fatal) in new[] { (Seen, seen), (Asked, asked), (Shown, shown) })
        {
            foreach (var exception in Wrapped(alert))
            {
                var failure = TlsFailures.Of(exception, progress)!;
                Assert.Equal((fatal ?? TlsFailed, fatal is null ? FailureSeverity.Transient : FailureSeverity.Fatal), (failure.Kind, failure.Severity));
                Assert.EndsWith(".", failure.Advice, StringComparison.Ordinal);
                Assert.True(fatal != ClientCertificateRefused || failure.Message.Contains($"{alert}", StringComparison.Ordinal), failure.Message);
            }
        }
    }

    [Fact]
    public void Leaves_alone_what_is_no_alert()
    {
        Assert.Null(TlsAlerts.Find(new CryptographicException(unchecked((int)0x80070057))));
        Assert.Null(TlsAlerts.Find(new CryptographicException(0x0A00010B))); // wrong version number: OpenSSL's own finding
        Assert.Null(TlsFailures.Of(new BrokerUnreachableException(new AuthenticationFailureException("ACCESS_REFUSED")), Asked));
        Assert.Null(TlsFailures.Of(new SocketException((int)SocketError.ConnectionRefused), Begun));
        Assert.Null(TlsFailures.Of(new OperationCanceledException(), Begun));
    }

    [Fact]
    public void Tells_a_port_without_TLS_from_one_that_closes()
    {
        Assert.Equal(NotTls, Kind(new AuthenticationException("Cannot determine the frame size or a corrupted frame was received."), Begun));
        Assert.Equal(ClosedByPeer, Kind(new IOException("Received an unexpected EOF or 0 bytes from the transport stream."), Begun));
        Assert.Null(Kind(new EndOfStreamException(), Seen));
        Assert.Contains("asked for a client certificate", TlsFailures.Of(new EndOfStreamException(), Asked)!.Message, StringComparison.Ordinal);
        Assert.Null(Kind(new EndOfStreamException(), Asked with { ShowsCertificate = true }));
    }

    [Theory]
    [InlineData(CertificateExpired, 1, 1, true)]
    [InlineData(CertificateExpired, 2, 1, true)]
    [InlineData(CertificateExpired, 3, 1, false)]
    [InlineData(CertificateExpired, 4, 5, true)]
    [InlineData(CertificateExpired, 5, 5, false)]
    [InlineData(ClientCertificateRequired, 1, 1, true)]
    [InlineData(AuthenticationFailed, 1, 1, false)]
    public void Gives_other_nodes_and_addresses_a_chance(FailureKind kind, int inARow, int endpoints, bool mayPass) =>
        Assert.Equal(mayPass, TlsFailures.MayPass(NewFailure.Fatal(kind, null, "m", "a."), inARow, endpoints));

    private static FailureKind? Kind(Exception exception, TlsProgress progress) =>
        TlsFailures.Of(new BrokerUnreachableException(new AggregateException(exception)), progress)?.Kind;

    // As .NET on OpenSSL 3 has them: in the handshake, and with TLS 1.3 at the first read.
    private static IEnumerable<Exception> Wrapped(int alert)
    {
        var error = new CryptographicException(0x0A000000 | (1000 + alert));
        yield return error;
        var ssl = new IOException("SSL_ERROR_SSL", error);
        yield return new BrokerUnreachableException(
            new AggregateException(new AuthenticationException("Authentication failed, see inner exception.", ssl)));
        yield return new BrokerUnreachableException(
            new IOException("connection.start was never received", new IOException("The decryption operation failed", ssl)));
    }
}
