using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using RabbitMQ.Client;

namespace ClusterTest.Reconnect.Internal.Connections;

/// <summary>The socket that the client library gets: its reader sees a lost connection as an error, its writer never does.</summary>
/// <remarks>
/// <para>Without the error the client library does not notice a stream that ends within a frame, as the stream of a killed node may: it (7.2.2,
/// InboundFrame.ReadFromPipeAsync) reads the same octets again and again, and keeps a processor busy even after it was disposed of. This class works
/// below TLS, so it sees the end of the socket's stream, and not an end that TLS itself announces (close_notify). Within a frame, only missed
/// heartbeats reveal an end that TLS announces.</para>
/// <para>A write that fails ends the client library's write loop (7.2.2, SocketFrameHandler.WriteLoopAsync), which reports nothing. Only the reader
/// reports a lost connection, and the reader may then wait for room in the queue of that loop until heartbeats are missed
/// (rabbitmq-dotnet-client#1930). So a failed write ends the stream here, as octets that were lost on their way would, and the reader finds that end
/// after everything that the broker sent before.</para>
/// <para>The socket is connected already (<see cref="Dialer"/>), and is read as its <see cref="ReadGate"/> allows. The client library asks for 4 KiB at a
/// time, however much is there (7.2.2, PipeReader.Create without options). Once a peer sends more than that at once, this class reads larger pieces ahead:
/// otherwise a large part of a consumer's processor time is system calls, and its threads wake each other for every few messages.</para>
/// </remarks>
internal sealed class BrokerSocket(Socket socket, TimeProvider time) : TcpClientAdapter(socket)
{
    /// <summary>Gets when the peer last read a large piece of what was written.</summary>
    public WriteProgress Written { get; } = new(time);

    /// <summary>Gets what keeps the connection from being read.</summary>
    public ReadGate Reading { get; init; } = new(time);

    /// <summary>Gets what holds back messages that are published at once.</summary>
    public WriteCork Cork { get; init; } = new();

    public override Task ConnectAsync(IPAddress ep, int port, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override NetworkStream GetStream() => new EndingStream(Client, this);

    private sealed class EndingStream(Socket socket, BrokerSocket owner) : NetworkStream(socket)
    {
        private const int MostAhead = 64 * 1024;
        private const int MostTogether = 64 * 1024;

        private byte[] _ahead = [];
        private int _begin;
        private int _end;
        private byte[] _together = [];
        private int _length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _begin < _end ? new(TakeAhead(buffer.Span)) : ReadSocketAsync(buffer, cancellationToken);

        private async ValueTask<int> ReadSocketAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var allowed = await owner.Reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            var isAhead = buffer.Length > 0 && buffer.Length < _ahead.Length;
            var target = isAhead ? _ahead : buffer;
            var count = await base.ReadAsync(target[..Math.Min(target.Length, allowed)], cancellationToken).ConfigureAwait(false);
            owner.Reading.Read(count);
            if (count == 0 && !buffer.IsEmpty)
            {
                throw new EndOfStreamException("The peer closed the connection.");
            }

            if (isAhead)
            {
                (_begin, _end) = (0, count);
                return TakeAhead(buffer.Span);
            }

            if (count == buffer.Length && count > 0 && _ahead.Length == 0)
            {
                _ahead = new byte[MostAhead]; // idle connections do without
            }

            return count;
        }

        private int TakeAhead(Span<byte> buffer)
        {
            var taken = _ahead.AsSpan(_begin, Math.Min(buffer.Length, _end - _begin));
            taken.CopyTo(buffer);
            _begin += taken.Length;
            return taken.Length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            owner.Cork.IsInUse || _length > 0 ? WriteTogetherAsync(buffer, cancellationToken) : WriteSocketAsync(buffer, isTogether: false, cancellationToken);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        private async ValueTask WriteTogetherAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            await owner.Cork.WaitAsync().ConfigureAwait(false);
            var moreFollow = owner.Cork.MoreFollow();
            var isSmall = frame.Length < WriteProgress.Least;
            if (!isSmall || _length + frame.Length > MostTogether)
            {
                await WriteCollectedAsync(cancellationToken).ConfigureAwait(false);
            }

            if (!isSmall || (!moreFollow && _length == 0))
            {
                await WriteSocketAsync(frame, isTogether: false, cancellationToken).ConfigureAwait(false);
                return;
            }

            Collect(frame.Span);
            if (!moreFollow)
            {
                await WriteCollectedAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        private ValueTask WriteCollectedAsync(CancellationToken cancellationToken)
        {
            var collected = _together.AsMemory(0, _length);
            _length = 0;
            return collected.IsEmpty ? default : WriteSocketAsync(collected, isTogether: true, cancellationToken);
        }

        private void Collect(ReadOnlySpan<byte> frame)
        {
            if (_together.Length == 0)
            {
                _together = new byte[MostTogether];
            }

            frame.CopyTo(_together.AsSpan(_length));
            _length += frame.Length;
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
        private async ValueTask WriteSocketAsync(ReadOnlyMemory<byte> buffer, bool isTogether, CancellationToken cancellationToken)
        {
            try
            {
                // In pieces, since the client library writes a message of any size at once.
                for (var rest = buffer; !rest.IsEmpty;)
                {
                    var piece = rest.Length <= WriteProgress.SmallPiece ? rest : rest[..Math.Min(rest.Length, owner.Written.NextPiece())];
                    await base.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                    owner.Written.Wrote(piece.Length, isTogether);
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
            owner.Reading.Open();
            try
            {
                Socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The socket is closed already.
            }
        }
    }
}
