using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Testing;

/// <summary>An address that drops what it gets: a listener that accepts nobody, and whose queue is full. Linux then answers no SYN.</summary>
public sealed class BlackHole : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly IPEndPoint _at;

    private BlackHole(IPEndPoint at) => _at = at;

    /// <summary>Gets whether somebody still tries to connect.</summary>
    public bool IsConnectedTo => File.ReadLines("/proc/net/tcp").Any(line =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, var remote, "02", ..] && remote == Hexadecimal);

    // As the kernel writes it on a little-endian machine.
    private string Hexadecimal => string.Create(CultureInfo.InvariantCulture, $"{BitConverter.ToUInt32(_at.Address.GetAddressBytes()):X8}:{_at.Port:X4}");

    public static BlackHole At(IPAddress address, int port)
    {
        var hole = new BlackHole(new(address, port));
        var listener = hole.Open();
        listener.Bind(hole._at);
        listener.Listen(0);

        // The queue takes one more than it says.
        hole.Open().Connect(hole._at);
        return hole;
    }

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());

    private Socket Open()
    {
        var socket = new Socket(_at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _sockets.Add(socket);
        return socket;
    }
}
