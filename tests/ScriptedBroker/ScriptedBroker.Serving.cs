using System.Net;
using System.Net.Sockets;

namespace ScriptedAmqp;

public sealed partial class ScriptedBroker
{
    private readonly List<Task> _tasks = [];
    private Socket? _listener;
    private bool _isListening;
    private bool _isFrozen;

    public static string Host => "127.0.0.1";

    public int Port { get; private set; }

    public Uri Uri => new($"amqp://{Host}:{Port}");

    /// <summary>Listens, again if need be, on the same port.</summary>
    public void StartListening() => Update(() =>
    {
        if (!_isListening)
        {
            _listener ??= Bind(Options.Port);
            _listener.Listen();
            _isListening = true;
            _tasks.Add(AcceptAsync(_listener));
        }
    });

    /// <summary>New connections are refused; those there are stay.</summary>
    public void StopListening() => Update(() =>
    {
        if (_isListening)
        {
            _isListening = false;
            _listener?.Dispose();
            _listener = Bind(Port); // keeps the port, so that nobody else gets it meanwhile
        }
    });

    /// <summary>As <c>kill -9</c>: refuses new connections, and ends those there are. <see cref="StartListening"/> brings it back.</summary>
    public void Kill()
    {
        StopListening();
        ForEachConnection(connection => connection.Disconnect());
    }

    /// <summary>As <c>stop_app</c>: refuses new connections, and closes those there are with 320.</summary>
    public void Shutdown()
    {
        StopListening();
        ForEachConnection(connection =>
            connection.CloseNow(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"));
    }

    /// <summary>As <c>kill -STOP</c>: connections are accepted, by the kernel, and nothing is read or said on any.</summary>
    public void Freeze()
    {
        Update(() => _isFrozen = true);
        ForEachConnection(connection => connection.Freeze());
    }

    public void Thaw()
    {
        Update(() => _isFrozen = false);
        ForEachConnection(connection => connection.Thaw());
    }

    private Socket Bind(int port)
    {
        var socket = new Socket(Options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (Options.ReceiveBufferSize is { } size)
        {
            socket.ReceiveBufferSize = size; // inherited by the sockets it accepts
        }

        socket.Bind(new IPEndPoint(Options.Address, port));
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync();
                Update(() => Serve(listener, socket));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return; // stopped listening
            }
        }
    }

    private void Serve(Socket listener, Socket socket)
    {
        if (!_isListening || listener != _listener)
        {
            socket.Dispose();
            return;
        }

        var connection = new BrokerConnection(this, socket, Connections.Count + 1);
        if (_isFrozen)
        {
            connection.Freeze();
        }

        Connections.Add(connection);
        _tasks.Add(Task.Run(connection.RunAsync));
    }

    private void ForEachConnection(Action<BrokerConnection> action) => Update(() =>
    {
        foreach (var connection in Connections.Where(connection => connection.EndedAt is null))
        {
            action(connection);
        }
    });

    private async Task StopServingAsync()
    {
        Task[] tasks = [];
        Update(() =>
        {
            _isListening = false;
            _listener?.Dispose();
            foreach (var connection in Connections)
            {
                connection.CloseSocket();
            }

            tasks = [.. _tasks];
        });
        await Task.WhenAll(tasks);
    }
}
