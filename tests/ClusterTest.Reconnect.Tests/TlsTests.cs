using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClusterTest.Reconnect.Tests.Support;
using ClusterTest.Testing;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class TlsTests : BrokerTest
{
    private readonly TestAuthority _authority = new();
    private readonly List<IAsyncDisposable> _fronts = [];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var front in _fronts)
        {
            await front.DisposeAsync();
        }

        _authority.Dispose();
    }

#pragma warning disable CA5398 // Both versions are what is tested.
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
#pragma warning restore CA5398
    public async Task Works_and_recovers_over_both_versions(SslProtocols version)
    {
        var front = Front(_authority.Issue("localhost"), version: version);
        _ = Consume(At(front));
        await OpenAsync();
        Broker.OpenConnections[0].Reset();
        await OpenAsync(generation: 2);
        await Produce(At(front)).PublishAsync(Message("m"), Token);
        Assert.Equal(["m"], await AckedAsync(1));
    }

    [Fact]
    public async Task Publishes_at_full_speed()
    {
        var producer = Produce(At(Front(_authority.Issue("localhost"))));
        await OpenAsync();
        List<Task<PublishResult>> results = [];
        while (results.Count < 5000)
        {
            await producer.WaitToPublishAsync(Token);
            results.Add(producer.PublishAsync(Message($"{results.Count}"), Token));
        }

        Assert.All(await Task.WhenAll(results), static result => Assert.Equal((true, 1), (result.IsConfirmed, result.Attempts)));
        Assert.Equal(Enumerable.Range(0, results.Count).Select(static i => $"{i}"), Broker.Queue(Name).Ready.Select(static message => message.Text));
    }

    [Fact]
    public async Task Takes_an_address_that_the_certificate_is_for()
    {
        _ = Consume(At(Front(_authority.Issue("127.0.0.1")), host: "127.0.0.1"));
        await OpenAsync();
    }

    [Theory]
    [InlineData("localhost", -3, -1, FailureKind.CertificateExpired, "^the server's certificate expired on [-0-9]{10} [:0-9]{8}Z$")]
    [InlineData("localhost", 1, 2, FailureKind.CertificateNotYetValid, "^the server's certificate is not valid before [-0-9]{10} [:0-9]{8}Z$")]
    [InlineData("broker.example", -1, 1, FailureKind.CertificateWrongName, "^the server's certificate is not for localhost, but for broker.example$")]
    [InlineData("10.1.2.3", -1, 1, FailureKind.CertificateWrongName, "^the server's certificate is not for localhost, but for 10.1.2.3$")]
    public async Task Ends_with_the_reason_when_the_certificate_is_wrong_again_and_again(string name, int fromDay, int toDay, FailureKind kind, string message)
    {
        var failure = await FailureAsync(At(Front(_authority.Issue(name, fromDay, toDay))));
        Assert.Equal((kind, FailureSeverity.Fatal), (failure.Failure.Kind, failure.Failure.Severity));
        Assert.Matches(message, failure.Failure.Message);
        Assert.Empty(Broker.Received.OfType<ConnectionStartOk>());
    }

    [Fact]
    public async Task Trusts_the_given_authorities_alone()
    {
        using var other = new TestAuthority("Other Authority");
        var failure = await FailureAsync(At(Front(other.Issue("localhost"))));
        Assert.Equal(
            (FailureKind.CertificateUntrusted, "the server's certificate comes from an authority that is not trusted (CN=Other Authority)"),
            (failure.Failure.Kind, failure.Failure.Message));
        failure = await FailureAsync(At(Front(other.Certificate), host: "localhost"));
        Assert.Equal(
            (FailureKind.CertificateUntrusted, "the server's certificate is self-signed and not trusted (CN=Other Authority)"),
            (failure.Failure.Kind, failure.Failure.Message));
    }

    [Fact]
    public async Task Trusts_the_systems_authorities_by_default_which_do_not_know_a_private_one()
    {
        var failure = await FailureAsync(At(Front(_authority.Issue("localhost"))) with { Tls = static () => new TlsOptions() });
        Assert.Equal(FailureKind.CertificateUntrusted, failure.Failure.Kind);
        Assert.Contains("TlsOptions.TrustedAuthorities", failure.Failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_on_when_the_next_node_behind_the_balancer_has_a_good_certificate()
    {
        var front = Front(_authority.Issue("localhost", -3, -1));
        _ = Consume(At(front) with
        {
            OnSessionEvent = change =>
            {
                Events.Add(change);
                front.Certificate = _authority.Issue("localhost");
            },
        });
        await OpenAsync();
        Assert.Equal(FailureKind.CertificateExpired, (await Events.WaitForAsync(static change => change.To == SessionState.Recovering)).Cause!.Kind);
    }

    [Fact]
    public async Task Goes_on_for_a_while_when_a_certificate_was_good_before()
    {
        // Field lesson 46: one node with an expired certificate ended what had consumed for weeks.
        var front = Front(_authority.Issue("localhost"));
        var consumer = Consume(At(front));
        await OpenAsync();
        front.Certificate = _authority.Issue("localhost", -3, -1);
        Broker.OpenConnections[0].Reset();
        await Eventually.TrueAsync(() => front.Accepted > 1 + 5);
        Assert.False(consumer.Completion.IsCompleted);
        front.Certificate = _authority.Issue("localhost");
        await OpenAsync(generation: 2);
    }

    [Fact]
    public async Task Goes_on_for_ever_while_another_address_is_only_down()
    {
        Broker.StopListening(); // of the first address nothing but a refusal is heard
        var bad = Front(_authority.Issue("localhost", -3, -1));
        var consumer = Consume(At(bad) with { Endpoints = [Endpoint, new ClusterEndpoint("localhost", bad.Port, UseTls: true)] });
        await Eventually.TrueAsync(() => bad.Accepted > 5);
        Assert.False(consumer.Completion.IsCompleted);
        Broker.StartListening();
        await OpenAsync();
    }

    [Fact]
    public async Task Shows_a_client_certificate_to_a_server_that_demands_one()
    {
        var front = Front(_authority.Issue("localhost"), clientAuthority: _authority.Certificate);
        _ = Consume(At(front) with { Tls = () => Trusting() with { ClientCertificate = ClientCertificate("client") } });
        await OpenAsync();
        Assert.Equal(["CN=client"], front.Clients);
    }

    [Fact]
    public async Task Says_that_a_client_certificate_was_asked_for_when_the_peer_only_closes()
    {
        var front = Front(_authority.Issue("localhost"), clientAuthority: _authority.Certificate);
        _ = Consume(At(front));
        var cause = (await Events.WaitForAsync(static change => change.To == SessionState.Recovering)).Cause!;
        Assert.Equal((FailureKind.ClosedByPeer, "the peer asked for a client certificate, got none, and closed the connection"), (cause.Kind, cause.Message));
    }

    [Fact]
    public async Task Uses_a_renewed_certificate_at_the_next_connect()
    {
        var front = Front(_authority.Issue("localhost"), clientAuthority: _authority.Certificate);
        var count = 0;
        _ = Consume(At(front) with { Tls = () => Trusting() with { ClientCertificate = ClientCertificate($"client{++count}") } });
        await OpenAsync();
        Broker.OpenConnections[0].Reset();
        await OpenAsync(generation: 2);
        Assert.Equal(["CN=client1", "CN=client2"], front.Clients);
    }

    [Fact]
    public async Task Retries_when_the_certificates_cannot_be_had()
    {
        var count = 0;
        _ = Consume(At(Front(_authority.Issue("localhost"))) with { Tls = () => ++count < 5 ? throw new InvalidDataException("half a renewal") : Trusting() });
        await OpenAsync();
        Assert.Contains("half a renewal", Events.Items.First(static change => change.To == SessionState.Recovering).Cause!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AMQP\0\0\t\u0001", FailureKind.NotTls, "the peer does not speak TLS")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", FailureKind.NotTls, "the peer does not speak TLS")]
    [InlineData("", FailureKind.ClosedByPeer, "the peer closed the connection during the TLS handshake")]
    public async Task Says_that_a_port_does_not_speak_TLS(string answer, FailureKind kind, string message)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Consume(Cluster with { Endpoints = [new ClusterEndpoint("localhost", ((IPEndPoint)listener.LocalEndpoint).Port, UseTls: true)] });
        using (var peer = await listener.AcceptTcpClientAsync(Token))
        {
            await using var stream = peer.GetStream();
            Assert.NotEqual(0, await stream.ReadAsync(new byte[4096], Token));
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), Token);
        }

        var cause = (await Events.WaitForAsync(static change => change.To == SessionState.Recovering)).Cause!;
        Assert.Equal((kind, message), (cause.Kind, cause.Message));
    }

    [Fact]
    public async Task Doubts_that_a_closing_port_wants_no_TLS()
    {
        _ = Consume(At(Front(_authority.Issue("localhost")), useTls: false));
        Assert.Contains("amqps", (await Events.WaitForAsync(static change => change.To == SessionState.Recovering)).Cause!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_up_a_peer_that_stands_still_in_the_handshake()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(); // the kernel accepts
        var endpoint = new ClusterEndpoint("localhost", ((IPEndPoint)listener.LocalEndpoint).Port, UseTls: true);
        _ = Consume(Cluster with { Endpoints = [endpoint], AttemptTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal(FailureKind.TimedOut, (await Events.WaitForAsync(static change => change.To == SessionState.Recovering)).Cause!.Kind);
    }

    private TlsFront Front(X509Certificate2 certificate, X509Certificate2? clientAuthority = null, SslProtocols version = SslProtocols.None)
    {
        var front = TlsFront.Start(Broker, certificate, clientAuthority, version);
        _fronts.Add(front);
        return front;
    }

    private ClusterOptions At(TlsFront front, string host = "localhost", bool useTls = true) =>
        Cluster with { Endpoints = [new ClusterEndpoint(host, front.Port, useTls)], Tls = Trusting };

    private TlsOptions Trusting() => new() { TrustedAuthorities = [_authority.Certificate] };

    private SslStreamCertificateContext ClientCertificate(string name) => SslStreamCertificateContext.Create(_authority.Issue(name), null, offline: true);

    private async Task<ClusterSessionException> FailureAsync(ClusterOptions cluster) => await Assert.ThrowsAsync<ClusterSessionException>(
        () => Consume(cluster).Completion.WaitAsync(ScriptedBroker.DefaultTimeout, TimeProvider.System, Token));
}
