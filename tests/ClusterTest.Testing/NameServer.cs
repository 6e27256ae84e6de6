using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Testing;

/// <summary>
/// A name server (RFC 1035) on port 53, which takes root: one that is silent, or one that answers 127.0.0.1 to every question for an IPv4 address.
/// </summary>
public sealed class NameServer : IDisposable
{
    private const int Port = 53;
    private const int Header = 12;
    private const byte TypeA = 1;

    private readonly UdpClient _socket;
    private int _questions;

    private NameServer(IPAddress address, bool answers)
    {
        _socket = new UdpClient(new IPEndPoint(address, Port));
        _ = Task.Run(() => ServeAsync(answers));
    }

    /// <summary>How often it was asked.</summary>
    public int Questions => Volatile.Read(ref _questions);

    public static NameServer Silent(string address) => new(IPAddress.Parse(address), answers: false);

    public static NameServer Answering(string address) => new(IPAddress.Parse(address), answers: true);

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync(bool answers)
    {
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveAsync();
                Interlocked.Increment(ref _questions);
                if (answers)
                {
                    await _socket.SendAsync(AnswerTo(asked.Buffer), asked.RemoteEndPoint);
                }
            }
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static byte[] AnswerTo(byte[] query)
    {
        // The question again: labels to an empty one, type and class. What follows (EDNS) is left out.
        var end = Header;
        while (query[end] != 0)
        {
            end += query[end] + 1;
        }

        var isForAddress = query[end + 2] == TypeA;
        byte[] answer = isForAddress ? [0xC0, Header, 0, TypeA, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, 1] : [];
        return [query[0], query[1], 0x81, 0x80, 0, 1, 0, (byte)(isForAddress ? 1 : 0), 0, 0, 0, 0, .. query[Header..(end + 5)], .. answer];
    }
}
