using System.Net.Sockets;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal;

/// <summary>The socket as the client library sees it: the end of its stream is an error.</summary>
/// <remarks>
/// A stream that ends within a frame, as that of a killed node may, is otherwise never noticed: the client library (7.2.2,
/// InboundFrame.ReadFromPipeAsync) then reads the same octets again and again, and keeps a processor busy even after it was disposed of.
/// </remarks>
internal sealed class BrokerSocket(Socket socket) : TcpClientAdapter(socket)
{
    public override NetworkStream GetStream() => new EndingStream(Client);

    private sealed class EndingStream(Socket socket) : NetworkStream(socket)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            return count > 0 || buffer.IsEmpty ? count : throw new EndOfStreamException("The peer closed the connection.");
        }
    }
}
