using System.Net;
using System.Net.Sockets;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>The socket as the client library sees it: a loss is an error for its reader, and for its writer never.</summary>
/// <remarks>
/// <para>A stream that ends within a frame, as that of a killed node may, is otherwise never noticed: the client library (7.2.2,
/// InboundFrame.ReadFromPipeAsync) then reads the same octets again and again, and keeps a processor busy even after it was disposed of. Below TLS this sees the end of the socket's stream, not one that TLS itself announces
/// (close_notify): within a frame, that is still found by missed heartbeats only.</para>
/// <para>A write that fails ends the client library's write loop (7.2.2, SocketFrameHandler.WriteLoopAsync), which tells nobody. Its reader, which alone
/// tells of a loss, then may wait for room in the queue of that loop until heartbeats are missed (rabbitmq-dotnet-client#1930). So a write
/// that fails ends the stream, as octets that were lost on their way would, and the reader finds that end, after what the broker said before it.</para>
/// <para>It is connected already (<see cref="Dialer"/>), and read as its <see cref="ReadGate"/> allows.</para>
/// </remarks>
internal sealed class BrokerSocket(Socket socket, WriteProgress progress, ReadGate gate) : TcpClientAdapter(socket)
{
    public override Task ConnectAsync(IPAddress ep, int port, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override NetworkStream GetStream() => new EndingStream(Client, progress, gate);

    private sealed class EndingStream(Socket socket, WriteProgress progress, ReadGate gate) : NetworkStream(socket)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var allowed = await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
            var count = await base.ReadAsync(buffer[..Math.Min(buffer.Length, allowed)], cancellationToken).ConfigureAwait(false);
            gate.Read(count);
            return count > 0 || buffer.IsEmpty ? count : throw new EndOfStreamException("The peer closed the connection.");
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                // In pieces, since the client library gives a message of any size at once.
                for (var rest = buffer; !rest.IsEmpty;)
                {
                    var piece = rest[..Math.Min(rest.Length, WriteProgress.Piece)];
                    await base.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                    progress.Wrote(piece.Length);
                    rest = rest[piece.Length..];
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                End();
            }
        }

        private void End()
        {
            gate.Open();
            try
            {
                Socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // It has ended already.
            }
        }
    }
}
