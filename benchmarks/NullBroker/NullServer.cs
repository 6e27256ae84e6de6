using System.Net;
using System.Net.Sockets;

namespace NullAmqp;

/// <summary>Listens, and serves each connection on a thread of its own: a blocking read is the cheapest that there is.</summary>
internal sealed class NullServer : IDisposable
{
    private const int StackSize = 256 * 1024;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly NullBrokerOptions _options;
    private long _confirmed;
    private long _delivered;
    private long _settled;

    public NullServer(NullBrokerOptions options)
    {
        _options = options;
        _listener.Bind(new IPEndPoint(options.Address, options.Port));
        _listener.Listen(1024);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        new Thread(Accept, StackSize) { IsBackground = true, Name = "accept" }.Start();
    }

    public int Port { get; }

    public Totals Totals => new(Interlocked.Read(ref _confirmed), Interlocked.Read(ref _delivered), Interlocked.Read(ref _settled));

    /// <summary>Adds what a connection counted since it last did so.</summary>
    public void Add(Totals more)
    {
        Interlocked.Add(ref _confirmed, more.Confirmed);
        Interlocked.Add(ref _delivered, more.Delivered);
        Interlocked.Add(ref _settled, more.Settled);
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.Accept();
                socket.NoDelay = true;
                new Thread(new Connection(this, _options, socket).Run, StackSize) { IsBackground = true, Name = "connection" }.Start();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
