using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ScriptedAmqp;

namespace ClusterTest.Testing;

/// <summary>Speaks TLS in front of a broker, as a load balancer does that terminates it.</summary>
public sealed class TlsFront : Relay
{
    private readonly ConcurrentQueue<string> _clients = [];
    private readonly int _brokerPort;
    private readonly SslProtocols _protocols;
    private readonly X509Certificate2? _clientAuthority;

    private TlsFront(int brokerPort, X509Certificate2 certificate, X509Certificate2? clientAuthority, SslProtocols protocols)
    {
        (_brokerPort, Certificate, _clientAuthority, _protocols) = (brokerPort, certificate, clientAuthority, protocols);
        Listen();
    }

    /// <summary>Gets or sets what is shown to the clients to come.</summary>
    public X509Certificate2 Certificate { get; set; }

    /// <summary>Gets the subjects of the client certificates so far; empty for a client that showed none.</summary>
    public IReadOnlyList<string> Clients => [.. _clients];

    /// <param name="broker">Where to.</param>
    /// <param name="certificate">What is shown to clients.</param>
    /// <param name="clientAuthority">If given, clients must show a certificate of this authority; others are cut off after the handshake.</param>
    /// <param name="protocols">The versions that are spoken; the system's choice by default.</param>
    public static TlsFront Start(
        ScriptedBroker broker, X509Certificate2 certificate, X509Certificate2? clientAuthority = null, SslProtocols protocols = SslProtocols.None)
    {
        ArgumentNullException.ThrowIfNull(broker);
        return new TlsFront(broker.Port, certificate, clientAuthority, protocols);
    }

    protected override async Task RelayAsync(Socket accepted, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            await using var client = new SslStream(new NetworkStream(accepted, ownsSocket: true));
            await client.AuthenticateAsServerAsync(Options(), ended.Token);
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, _brokerPort, ended.Token);
            await using var broker = socket.GetStream();
            await Task.WhenAll(CopyAsync(client, broker, ended), CopyAsync(broker, client, ended));
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException or OperationCanceledException)
        {
            // One of both has gone, or the client was refused.
        }
    }

    // When one direction has ended, so has the other.
    private static async Task CopyAsync(Stream from, Stream to, CancellationTokenSource ended)
    {
        try
        {
            await from.CopyToAsync(to, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificate = Certificate,
        EnabledSslProtocols = _protocols,
        ClientCertificateRequired = _clientAuthority is not null,
        RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            _clients.Enqueue(certificate?.Subject ?? "");
            return _clientAuthority is null || certificate?.Issuer == _clientAuthority.Subject;
        },
    };
}
