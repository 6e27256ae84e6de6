using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ClusterTest.Reconnect.Internal;

/// <summary>
/// One connection to the broker. It holds the socket as well, so that a connection whose peer hangs can be cut off in no time, which the
/// client library's own close and dispose cannot (rabbitmq-dotnet-client#1930, #1968).
/// </summary>
internal sealed class Link
{
    // What RabbitMQ 3 accepts by default (max_message_size), and the most that the client library takes. At its own default of 64 MiB a larger
    // message would end the connection again and again.
    private const uint MaxMessageSize = 128 * 1024 * 1024;

    // RabbitMQ's own (frame_max). It bounds what a peer can make the client library hold for one frame, and with it how deep tables can nest.
    internal const uint MaxFrameSize = 128 * 1024;

    private readonly List<Socket> _sockets;
    private readonly TaskCompletionSource<ShutdownEventArgs> _shutdown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Link(IConnection connection, List<Socket> sockets, WriteProgress written, TimeProvider time, ILogger logger)
    {
        Blockage = new Blockage(connection, time, logger);
        Connection = connection;
        Written = written;
        _sockets = sockets;
        connection.ConnectionShutdownAsync += OnShutdownAsync;
    }

    public IConnection Connection { get; }

    /// <summary>Gets when the peer last took a large piece of what was written.</summary>
    public WriteProgress Written { get; }

    /// <summary>Gets whether the broker takes messages on this connection.</summary>
    public Blockage Blockage { get; }

    /// <summary>Gets a task that completes when the connection is lost or closed.</summary>
    public Task<ShutdownEventArgs> Shutdown => _shutdown.Task;

    public bool IsOpen => !_shutdown.Task.IsCompleted && Connection.IsOpen;

    /// <summary>Connects. When the token is cancelled the attempt ends at once, whatever the peer does.</summary>
    public static async Task<Link> OpenAsync(ClusterOptions options, ClusterEndpoint endpoint, string name, CleanUp cleanUp, ILogger logger, CancellationToken cancellationToken)
    {
        List<Socket> sockets = [];
        var written = new WriteProgress(options.TimeProvider);
        var tls = endpoint.UseTls ? new TlsAttempt(options.Tls(), endpoint.Host) : null;
        var factory = CreateFactory(options, new AmqpTcpEndpoint(endpoint.Host, endpoint.Port, tls?.CreateOption() ?? new SslOption(), MaxFrameSize), sockets, written);
        var connecting = factory.CreateConnectionAsync([factory.Endpoint], name, cancellationToken);
        try
        {
            var connection = await connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Link(connection, sockets, written, options.TimeProvider, logger);
        }
        catch (Exception exception)
        {
            // The client library may still be at it: with its socket gone it fails soon.
            Cut(sockets);
            cleanUp.Track(AbandonAsync(connecting));
            if (tls?.Explain(exception) is { } fault)
            {
                throw new ClusterSessionException(fault, endpoint, exception);
            }

            throw;
        }
    }

    /// <summary>Says good-bye to the broker; after <paramref name="timeout"/> the connection is cut.</summary>
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

    /// <summary>Cuts the connection at once; what the client library holds for it is freed in the background.</summary>
    public void Abort(CleanUp cleanUp)
    {
        Cut(_sockets);
        cleanUp.Track(FreeAsync(Connection));
    }

    private static ConnectionFactory CreateFactory(ClusterOptions options, AmqpTcpEndpoint endpoint, List<Socket> sockets, WriteProgress written) => new()
    {
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        Endpoint = endpoint,
        UserName = options.UserName,
        Password = options.Password,
        VirtualHost = options.VirtualHost,
        RequestedHeartbeat = options.Heartbeat,
        RequestedConnectionTimeout = options.AttemptTimeout,
        HandshakeContinuationTimeout = options.AttemptTimeout,
        ContinuationTimeout = options.ReadyTimeout,
        ConsumerDispatchConcurrency = 1,
        RequestedFrameMax = MaxFrameSize,
        MaxInboundMessageBodySize = MaxMessageSize, // of a message; the endpoint's limits a frame
        SocketFactory = family =>
        {
            var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            lock (sockets)
            {
                sockets.Add(socket);
            }

            return new BrokerSocket(socket, written);
        },
    };

    private static void Cut(List<Socket> sockets)
    {
        lock (sockets)
        {
            sockets.ForEach(static socket => socket.Dispose());
        }
    }

    // An abort waits for the client library's main loop: disposed under its feet, it fails where nobody looks.
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
