using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Lab.Machine;

/// <summary>A TCP proxy between two sites, which can be cut, slowed down and half-opened. Disposing cuts it.</summary>
internal sealed class Link : IAsyncDisposable
{
    private const int SocketBuffer = 64 * 1024; // a large buffer of the kernel's would hide that the link is slow
    private const int Backlog = 512;
    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BeforeNextAccept = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly Dictionary<LinkConnection, Task> _connections = [];
    private readonly Socket _listener;
    private readonly TimeProvider _time;
    private readonly IProgress<string> _says;
    private readonly Task _accepting;
    private volatile LinkEra _era;
    private volatile bool _isDisposed;
    private long? _complained;
    private long _forth;
    private long _back;

    /// <summary>Starts a link in a condition.</summary>
    /// <param name="address">The address to listen at, with a port: a cut link would not keep one that the kernel has chosen.</param>
    /// <param name="destination">Where each connection leads.</param>
    /// <param name="setting">The condition.</param>
    /// <param name="time">The clock.</param>
    /// <param name="says">Is told when the destination cannot be reached, at most once a second.</param>
    /// <exception cref="SocketException">The address cannot be listened at.</exception>
    internal Link(IPEndPoint address, IPEndPoint destination, LinkSetting setting, TimeProvider time, IProgress<string> says)
    {
        (Destination, _time, _says, _era) = (destination, time, says, new LinkEra(setting, time));
        _listener = NewSocket(address);
        try
        {
            _listener.Bind(address);
            Address = (IPEndPoint)_listener.LocalEndPoint!;
            if (setting.Condition is not LinkCondition.Cut)
            {
                _listener.Listen(Backlog);
            }
        }
        catch (SocketException)
        {
            _listener.Dispose();
            throw;
        }

        _accepting = Task.Run(AcceptAsync);
    }

    internal IPEndPoint Address { get; }

    internal IPEndPoint Destination { get; }

    internal LinkSetting Setting => _era.Setting;

    /// <summary>What is in force now, and until when.</summary>
    internal LinkEra Era => _era;

    internal LinkState State
    {
        get
        {
            lock (_lock)
            {
                return new LinkState(Setting, Environment.ProcessId, _connections.Count, Volatile.Read(ref _forth), Volatile.Read(ref _back));
            }
        }
    }

    /// <summary>Puts a condition in force. When this returns, it is.</summary>
    /// <exception cref="SocketException">The kernel does not let the link listen again; the link is cut.</exception>
    internal void Set(LinkSetting setting)
    {
        LinkEra before;
        lock (_lock)
        {
            before = _era;
            if (setting == before.Setting)
            {
                return;
            }

            if (setting.Condition is LinkCondition.Cut)
            {
                _listener.Shutdown(SocketShutdown.Receive); // it does not listen now, and keeps the port
            }
            else if (before.Setting.Condition is LinkCondition.Cut)
            {
                _listener.Listen(Backlog);
            }

            _era = new LinkEra(setting, _time);
            if (setting.Condition is LinkCondition.Cut)
            {
                foreach (var connection in _connections.Keys)
                {
                    connection.Reset();
                }
            }
        }

        before.End();
    }

    internal static Socket NewSocket(IPEndPoint address) => new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
    {
        ReceiveBufferSize = SocketBuffer,
        SendBufferSize = SocketBuffer,
    };

    internal void Count(bool isForth, int bytes) => Interlocked.Add(ref isForth ? ref _forth : ref _back, bytes);

    internal void SayUnreachable(Exception reason)
    {
        lock (_lock)
        {
            if (_complained is { } last && _time.GetElapsedTime(last) < BetweenComplaints)
            {
                return;
            }

            _complained = _time.GetTimestamp();
        }

        _says.Report($"{Destination} cannot be reached: {reason.Message}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Set(LinkSetting.Cut);
        _isDisposed = true;
        _era.End();
        _listener.Dispose();
        await _accepting;
        Task[] connections;
        lock (_lock)
        {
            connections = [.. _connections.Values];
        }

        await Task.WhenAll(connections);
    }

    private async Task AcceptAsync()
    {
        while (!_isDisposed)
        {
            var era = _era;
            if (era.Setting.Condition is LinkCondition.Cut)
            {
                await era.PauseAsync(Timeout.InfiniteTimeSpan);
                continue;
            }

            Socket? accepted = null;
            try
            {
                accepted = await _listener.AcceptAsync();
                Serve(accepted);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The link is cut, or the client has gone, or this process has too many open files at this moment.
                accepted?.Close(0);
                await era.PauseAsync(BeforeNextAccept);
            }
        }
    }

    private void Serve(Socket accepted)
    {
        lock (_lock)
        {
            if (Setting.Condition is LinkCondition.Cut)
            {
                accepted.Close(0);
                return;
            }

            var connection = new LinkConnection(this, accepted, _time);
            _connections[connection] = Task.Run(() => ServeAsync(connection));
        }
    }

    private async Task ServeAsync(LinkConnection connection)
    {
        await connection.RunAsync();
        lock (_lock)
        {
            _ = _connections.Remove(connection);
        }
    }
}
