using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Channels;

namespace ClusterTest.Lab.Machine;

/// <summary>One direction of one connection over a link: takes in, holds a bounded amount until it is due, and hands out.</summary>
internal sealed class LinkDirection(LinkConnection connection, Socket from, Socket to, LinkWire wire) : IDisposable
{
    private const int LeastRoom = 2 * 1024;
    private const int MostAtOnce = 16 * 1024;

    private readonly Pipe _bytes = new(new PipeOptions(
        pauseWriterThreshold: Link.MostInTransit,
        resumeWriterThreshold: Link.MostInTransit / 2,
        minimumSegmentSize: MostAtOnce,
        useSynchronizationContext: false));

    private readonly Channel<Chunk> _chunks = Channel.CreateUnbounded<Chunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _isReset = new();
    private long _held;

    private enum Kind
    {
        Data,
        End,
        Reset,
    }

    /// <summary>Carries until the end was passed on, or the connection is reset. Does not throw.</summary>
    internal async Task RunAsync()
    {
        var taking = TakeAsync();
        try
        {
            await PassAsync();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await connection.ResetWhenToldAsync();
        }

        await _bytes.Reader.CompleteAsync();
        await taking;
        wire.Drop(Volatile.Read(ref _held));
    }

    /// <inheritdoc/>
    public void Dispose() => _isReset.Dispose();

    private async Task TakeAsync()
    {
        var end = Kind.End;
        try
        {
            while (true)
            {
                var room = _bytes.Writer.GetMemory(LeastRoom);
                var count = await from.ReceiveAsync(room[..Math.Min(room.Length, MostAtOnce)]);
                if (count is 0)
                {
                    break;
                }

                wire.Take(count);
                Interlocked.Add(ref _held, count);

                // The chunk is announced first: a full pipe is emptied only by whoever knows of the chunk.
                _ = _chunks.Writer.TryWrite(new Chunk(Kind.Data, count, await connection.OccupyAsync(wire, count)));
                _bytes.Writer.Advance(count);
                if ((await _bytes.Writer.FlushAsync()).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            end = Kind.Reset;
            await _isReset.CancelAsync();
        }

        _ = _chunks.Writer.TryWrite(new Chunk(end, 0, connection.ArrivalFromNow()));
        _chunks.Writer.Complete();
        await _bytes.Writer.CompleteAsync();
    }

    private async Task PassAsync()
    {
        await foreach (var chunk in _chunks.Reader.ReadAllAsync())
        {
            await connection.ArriveAsync(chunk.Due);
            switch (chunk.Kind)
            {
                case Kind.Data:
                    await SendAsync(chunk.Count);
                    break;
                case Kind.End:
                    to.Shutdown(SocketShutdown.Send);
                    break;
                default:
                    connection.Reset();
                    break;
            }
        }
    }

    private async Task SendAsync(int count)
    {
        var read = await _bytes.Reader.ReadAtLeastAsync(count);
        var bytes = read.Buffer.Slice(0, count);
        foreach (var part in bytes)
        {
            for (var rest = part; rest.Length > 0;)
            {
                // As over a real link, what an end sent before it reset the connection arrives only if there is room for it.
                rest = rest[(_isReset.IsCancellationRequested ? to.Send(rest.Span) : await to.SendAsync(rest, _isReset.Token))..];
            }
        }

        _bytes.Reader.AdvanceTo(bytes.End);
        Interlocked.Add(ref _held, -count);
        wire.Deliver(count);
    }

    private readonly record struct Chunk(Kind Kind, int Count, long Due);
}
