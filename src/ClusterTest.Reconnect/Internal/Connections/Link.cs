using System.Net;
using System.Net.Sockets;
using System.Text;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Internal.Tls;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>
/// One connection to the broker. This class holds the socket as well, so that it can cut a connection at once when the peer hangs. The client library's own
/// close and dispose cannot do that (rabbitmq-dotnet-client#1930, #1968).
/// </summary>
internal sealed class Link
{
    // RabbitMQ 3 accepts messages up to this size by default (max_message_size), and this is the client library's limit. With the client library's default
    // of 64 MiB a larger message would end the connection again and again.
    private const uint MaxMessageSize = 128 * 1024 * 1024;

    // RabbitMQ's default (frame_max). It limits the memory that a peer can make the client library use for one frame, and how deep tables can nest.
    internal const uint MaxFrameSize = 128 * 1024;

    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly BrokerSocket _adapter;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<ShutdownEventArgs> _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _lingers;

    private Link(IConnection connection, Socket socket, BrokerSocket adapter, TimeProvider time, ILogger notices)
    {
        (_socket, _adapter) = (socket, adapter);
        Blockage = new Blockage(connection, time, notices);
        Connection = connection;
        Reading.Interval = connection.Heartbeat > TimeSpan.Zero ? connection.Heartbeat : ClusterOptions.DefaultHeartbeat;
        _time = time;
        connection.ConnectionShutdownAsync += OnShutdownAsync;
    }

    public IConnection Connection { get; }

    /// <summary>Gets the name of the broker's cluster; empty if the broker does not say it.</summary>
    public string ClusterName => Connection.ServerProperties?.TryGetValue("cluster_name", out var name) == true && name is byte[] octets
        ? Encoding.UTF8.GetString(octets)
        : "";

    /// <summary>Gets when the peer last read a large piece of what was written.</summary>
    public WriteProgress Written => _adapter.Written;

    /// <summary>Gets the gate that keeps the connection from being read.</summary>
    public ReadGate Reading => _adapter.Reading;

    /// <summary>Gets what holds back messages that are published at once.</summary>
    public WriteCork Cork => _adapter.Cork;

    /// <summary>Gets whether the broker blocks this connection.</summary>
    public Blockage Blockage { get; }

    /// <summary>Gets a task that completes when the connection is lost or closed.</summary>
    public Task<ShutdownEventArgs> Shutdown => _shutdown.Task;

    public bool IsOpen => !_shutdown.Task.IsCompleted && Connection.IsOpen;

    /// <summary>
    /// Makes the handshakes of TLS and AMQP over a connected socket. When the token is cancelled, the attempt ends at once, whatever the peer does.
    /// </summary>
    public static async Task<Link> OpenAsync(
        ClusterOptions options,
        ClusterEndpoint endpoint,
        Socket socket,
        Login login,
        string name,
        CleanUp cleanUp,
        ILogger logger,
        CancellationToken cancellationToken)
    {
        Task<IConnection>? connecting = null;
        TlsAttempt? tls = null;
#pragma warning disable CA2000 // It is the link's, which disposes of the socket that it adapts.
        var adapter = new BrokerSocket(socket, options.TimeProvider);
#pragma warning restore CA2000
        try
        {
            tls = endpoint.UseTls ? new TlsAttempt(Ask(options.Tls, "certificates", endpoint), endpoint.Host) : null;
            var factory = CreateFactory(
                options,
                login,
                Ask(options.Password, "password", endpoint),
                adapter,
                (IPEndPoint)socket.RemoteEndPoint!,
                tls?.CreateOption() ?? new SslOption());

            // The client library does not get our token: when it writes the protocol header, it registers a callback on the token. If the connection ends at
            // the same moment, the callback throws (dotnet/runtime#112651) in the code that cancels, which ends the process if that code is a timer. The
            // client library gives up anyway when its socket is gone.
            connecting = factory.CreateConnectionAsync([factory.Endpoint], name, CancellationToken.None);
            var connection = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            login.Succeed();
            return new Link(connection, socket, adapter, options.TimeProvider, Notices.Of(options));
        }
        catch (Exception exception)
        {
            // The client library may still be connecting; it fails soon without its socket.
            socket.Dispose();
            if (connecting is not null)
            {
                cleanUp.Track(AbandonAsync(connecting));
            }

            if (exception is not ClusterException && (login.Explain(exception) ?? tls?.Explain(exception)) is { } failure)
            {
                throw new ClusterSessionException(failure, endpoint, exception);
            }

            throw;
        }
    }

    /// <summary>Closes the connection by the protocol; after <paramref name="timeout"/> the connection is cut.</summary>
    public async Task CloseAsync(TimeSpan timeout, TimeProvider time, CleanUp cleanUp)
    {
        if (IsOpen && timeout > TimeSpan.Zero)
        {
            var closing = Connection.CloseAsync(Constants.ReplySuccess, "Goodbye", timeout, abort: true);
            cleanUp.Track(closing);
            await Task.WhenAny(closing, Task.Delay(timeout, time)).ConfigureAwait(false);
        }

        Abort(cleanUp);
    }

    /// <summary>
    /// Keeps the connection for 1 s after <see cref="Abort"/>, so that the next connection opens before this one ends: otherwise a balancer that counts
    /// connections would choose the same node again.
    /// </summary>
    public void Linger() => _lingers = true;

    /// <summary>Cuts the connection at once; the client library's resources for it are freed in the background.</summary>
    public void Abort(CleanUp cleanUp)
    {
        if (_lingers)
        {
            cleanUp.Track(LingerAsync(cleanUp));
            return;
        }

        Reading.Open();
        _socket.Dispose();
        cleanUp.Track(FreeAsync(Connection));
    }

    private async Task LingerAsync(CleanUp cleanUp)
    {
        _lingers = false;
        await Task.Delay(LingerTime, _time).ConfigureAwait(false);
        Abort(cleanUp);
    }

    // The function is the user's code, which may read a file or ask a vault: its exceptions say nothing about the peer.
    private static T Ask<T>(Func<T> function, string what, ClusterEndpoint endpoint)
    {
        try
        {
            return function();
        }
#pragma warning disable CA1031 // Any exception of the user's code fails the attempt.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            throw new ClusterSessionException(
                NewFailure.Connection(FailureKind.Other, $"the application failed to provide the {what} to connect with ({PeerText.Line(exception.Message)})"),
                endpoint,
                exception);
        }
    }

    private static ConnectionFactory CreateFactory(
        ClusterOptions options,
        Login login,
        string password,
        BrokerSocket socket,
        IPEndPoint peer,
        SslOption tls)
    {
        var longest = AttemptTime.Longest(options.AttemptTimeout); // the attempt's token ends it sooner
        return new ConnectionFactory
        {
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            Endpoint = new AmqpTcpEndpoint(peer.Address.ToString(), peer.Port, tls, MaxFrameSize), // an address, so that the client library looks nothing up
            AuthMechanisms = login.Begin(),
            UserName = options.UserName,
            Password = password,
            VirtualHost = options.VirtualHost,
            RequestedHeartbeat = options.Heartbeat,
            RequestedConnectionTimeout = longest,
            HandshakeContinuationTimeout = longest,
            ContinuationTimeout = longest > options.ReadyTimeout ? longest : options.ReadyTimeout, // limits the login, too
            ConsumerDispatchConcurrency = 1,
            RequestedFrameMax = MaxFrameSize,
            RequestedChannelMax = (ushort)options.ChannelMax,
            MaxInboundMessageBodySize = MaxMessageSize, // limits a message; the endpoint's value limits a frame
            SocketFactory = _ => socket,
        };
    }

    // The abort comes first, since it waits for the client library's main loop, which fails unobserved if the connection is disposed of meanwhile.
    private static async Task FreeAsync(IConnection connection)
    {
        await connection.AbortAsync().ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task AbandonAsync(Task<IConnection> connecting)
    {
        var connection = await connecting.ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        _shutdown.TrySetResult(reason);
        return Task.CompletedTask;
    }
}
