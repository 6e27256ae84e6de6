using System.Net.Sockets;
using System.Threading.Channels;

namespace ClusterTest.Lab.Machine;

/// <summary>One connection over a link.</summary>
internal sealed class LinkConnection(Link link, Socket near, TimeProvider time)
{
    // Together they bound what a connection holds in each direction.
    private const int MostAtOnce = 16 * 1024;
    private const int MostChunks = 64;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly Socket _far = Link.NewSocket(link.Destination);
    private volatile bool _isBroken;
    private bool _isReset;

    /// <summary>Reaches the destination and carries until both ends have closed or the connection is reset. Does not throw.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await ArriveAsync(0);
            await _far.ConnectAsync(link.Destination);
            (near.NoDelay, _far.NoDelay) = (true, true);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            if (!IsReset)
            {
                link.SayUnreachable(exception);
            }

            Reset();
            return;
        }

        var carrying = Task.WhenAll(CarryAsync(near, _far, isForth: true), CarryAsync(_far, near, isForth: false));
        await Task.WhenAll(carrying, WatchAsync(carrying));
        near.Dispose();
        _far.Dispose();
    }

    /// <summary>Resets both ends at once.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            _isReset = true;
            near.Close(0); // 0 means: with a reset
            _far.Close(0);
        }
    }

    private bool IsReset
    {
        get
        {
            lock (_lock)
            {
                return _isReset;
            }
        }
    }

    private async Task CarryAsync(Socket from, Socket to, bool isForth)
    {
        var chunks = Channel.CreateBounded<Chunk>(MostChunks);
        var passing = PassAsync(chunks, to, isForth);
        await TakeAsync(from, chunks, isForth);
        await passing;
    }

    private async Task TakeAsync(Socket from, ChannelWriter<Chunk> chunks, bool isForth)
    {
        var buffer = new byte[MostAtOnce];
        try
        {
            int count;
            do
            {
                count = await from.ReceiveAsync(buffer);
                await chunks.WriteAsync(new Chunk(buffer[..count], await link.Era.TakeAsync(isForth, count)));
            }
            while (count > 0);

            chunks.Complete();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ChannelClosedException)
        {
            _isBroken = true;
            _ = chunks.TryComplete(exception); // what was taken before is passed on before the reset
        }
    }

    private async Task PassAsync(Channel<Chunk> chunks, Socket to, bool isForth)
    {
        try
        {
            await foreach (var (bytes, due) in chunks.Reader.ReadAllAsync())
            {
                await ArriveAsync(due);
                if (bytes is [])
                {
                    to.Shutdown(SocketShutdown.Send);
                }

                for (ReadOnlyMemory<byte> rest = bytes; !rest.IsEmpty;)
                {
                    rest = rest[await to.SendAsync(rest)..];
                }

                link.Count(isForth, bytes.Length);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ChannelClosedException)
        {
            _ = chunks.Writer.TryComplete(exception);
            await ResetWhenToldAsync();
        }
    }

    // Waits until something may arrive that is due at a timestamp, in whatever condition the link comes to be.
    private async ValueTask ArriveAsync(long due)
    {
        for (var era = link.Era; era.WaitFor(due) is var wait && wait != TimeSpan.Zero; era = link.Era)
        {
            await era.PauseAsync(wait);
        }
    }

    private async Task ResetWhenToldAsync()
    {
        await ArriveAsync(await link.Era.TakeAsync(isForth: true, 0));
        Reset();
    }

    // The news that one end was reset waits behind the bytes that the other end does not read. Over a real link it does not, and so not here.
    private async Task WatchAsync(Task carrying)
    {
        for (var wasBroken = false; await Task.WhenAny(carrying, Task.Delay(BetweenLooks, time)) != carrying; wasBroken = _isBroken || HasError())
        {
            if (wasBroken)
            {
                await ResetWhenToldAsync();
            }
        }
    }

    private bool HasError()
    {
        lock (_lock)
        {
            return !_isReset && (near.Poll(0, SelectMode.SelectError) || _far.Poll(0, SelectMode.SelectError));
        }
    }

    /// <param name="Bytes">What was taken in; nothing at the end of the direction.</param>
    /// <param name="Due">The timestamp before which a slow link does not hand it out.</param>
    private readonly record struct Chunk(byte[] Bytes, long Due);
}
