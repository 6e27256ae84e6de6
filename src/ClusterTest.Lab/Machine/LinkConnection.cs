using System.Net.Sockets;

namespace ClusterTest.Lab.Machine;

/// <summary>One connection over a link.</summary>
internal sealed class LinkConnection(Link link, Socket near) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _over = new();
    private Socket? _far;
    private bool _isOver;

    private CancellationToken Over => _isOver ? new CancellationToken(canceled: true) : _over.Token;

    /// <summary>Reaches the destination and carries until both ends have closed or the connection is reset. Does not throw.</summary>
    internal async Task RunAsync()
    {
        try
        {
            await ArriveAsync(0);
            var far = Link.NewSocket(link.Destination);
            lock (_lock)
            {
                _far = far;
            }

            await far.ConnectAsync(link.Destination, Over);
            (near.Blocking, far.Blocking) = (false, false);
            (near.NoDelay, far.NoDelay) = (true, true);
            using var forth = new LinkDirection(this, near, far, link.Forth);
            using var back = new LinkDirection(this, far, near, link.Back);
            await Task.WhenAll(forth.RunAsync(), back.RunAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (!_isOver)
            {
                link.SayUnreachable(exception);
            }

            Reset();
        }
    }

    /// <summary>Resets both ends at once.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            Reset(near);
            Reset(_far);
        }

        _over.Cancel();
    }

    /// <summary>Resets both ends when the news of it has come over the link.</summary>
    internal async Task ResetWhenToldAsync()
    {
        try
        {
            await ArriveAsync(ArrivalFromNow());
        }
        catch (OperationCanceledException)
        {
            return; // it is reset
        }

        Reset();
    }

    internal long ArrivalFromNow() => link.Era.ArrivalFromNow();

    /// <summary>Waits until something that is due at a timestamp may arrive, in whatever condition the link comes to be.</summary>
    internal async ValueTask ArriveAsync(long due)
    {
        while (true)
        {
            Over.ThrowIfCancellationRequested();
            var era = link.Era;
            var wait = era.WaitFor(due);
            if (wait == TimeSpan.Zero)
            {
                return;
            }

            await era.PauseAsync(wait, Over);
        }
    }

    /// <summary>Waits until a slow link's wire has taken the bytes.</summary>
    /// <returns>The timestamp at which they are due.</returns>
    internal async ValueTask<long> OccupyAsync(LinkWire wire, int bytes)
    {
        var era = link.Era;
        if (era.Setting.Condition is not LinkCondition.Slow)
        {
            return 0;
        }

        var left = wire.Occupy(bytes, era.Setting.BytesPerSecond);
        await era.PauseAsync(era.Until(left), Over);
        return era.ArrivalOf(left);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        near.Dispose();
        _far?.Dispose();
        _over.Dispose();
    }

    private static void Reset(Socket? socket)
    {
        try
        {
            socket?.LingerState = new LingerOption(enable: true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        socket?.Dispose();
    }
}
