using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Lab.Machine;

#pragma warning disable CA2000, CA2025 // An era is given up, not disposed, as somebody may wait for its end; a connection is disposed by its own task.

/// <summary>A TCP proxy between two sites, which can be cut, slowed down and half-opened. Disposing resets all connections.</summary>
internal sealed class Link : IAsyncDisposable
{
    /// <summary>How much a connection holds in each direction before it takes in no more.</summary>
    internal const int MostInTransit = 256 * 1024;

    private const int SocketBuffer = 64 * 1024; // a large buffer of the kernel's would hide that the link is slow
    private const int Backlog = 512;
    private static readonly TimeSpan BetweenComplaints = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<LinkConnection, Task> _connections = [];
    private readonly TimeProvider _time;
    private readonly IProgress<string> _says;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private long? _complained;
    private LinkEra _era;

    private Link(IPEndPoint address, EndPoint destination, LinkSetting setting, TimeProvider time, IProgress<string> says)
    {
        (Address, Destination, _time, _says) = (address, destination, time, says);
        (Forth, Back, _era) = (new LinkWire(time), new LinkWire(time), new LinkEra(setting, time));
    }

    internal IPEndPoint Address { get; private set; }

    internal EndPoint Destination { get; }

    internal LinkWire Forth { get; }

    internal LinkWire Back { get; }

    internal LinkEra Era => Volatile.Read(ref _era);

    internal LinkState State
    {
        get
        {
            lock (_lock)
            {
                return new LinkState(
                    Era.Setting, Environment.ProcessId, _connections.Count, Forth.Carried, Back.Carried, Forth.InTransit + Back.InTransit);
            }
        }
    }

    /// <summary>Starts a link in a condition.</summary>
    /// <exception cref="SocketException">The address cannot be listened at.</exception>
    internal static Link Start(IPEndPoint address, EndPoint destination, LinkSetting setting, TimeProvider time, IProgress<string> says)
    {
        var link = new Link(address, destination, setting, time, says);
        link.Bind();
        if (setting.Condition is not LinkCondition.Cut)
        {
            link.Listen();
        }

        return link;
    }

    internal static Socket NewSocket(EndPoint address)
    {
        var socket = address is IPEndPoint
            ? new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        (socket.ReceiveBufferSize, socket.SendBufferSize) = (SocketBuffer, SocketBuffer);
        return socket;
    }

    /// <summary>Puts a condition in force. When this returns, it is.</summary>
    /// <exception cref="SocketException">The address cannot be listened at; the link is cut.</exception>
    internal void Set(LinkSetting setting)
    {
        LinkEra before;
        LinkConnection[] toReset = [];
        lock (_lock)
        {
            before = _era;
            if (setting == before.Setting)
            {
                return;
            }

            if (setting.Condition is LinkCondition.Cut)
            {
                toReset = [.. _connections.Keys];
                _listener?.Dispose();
                Bind(); // and not listen: connections are refused, and the port stays this link's
            }
            else if (before.Setting.Condition is LinkCondition.Cut)
            {
                Listen();
            }

            Forth.Clear();
            Back.Clear();
            Volatile.Write(ref _era, new LinkEra(setting, _time));
        }

        foreach (var connection in toReset)
        {
            connection.Reset();
        }

        before.End();
    }

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
        KeyValuePair<LinkConnection, Task>[] open;
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
            open = [.. _connections];
        }

        foreach (var (connection, _) in open)
        {
            connection.Reset();
        }

        await Task.WhenAll([.. open.Select(static one => one.Value), _accepting]);
        _era.Dispose();
    }

    private void Bind()
    {
        _listener = NewSocket(Address);
        _listener.Bind(Address);
        Address = (IPEndPoint)_listener.LocalEndPoint!;
    }

    private void Listen()
    {
        _listener!.Listen(Backlog);
        var listener = _listener;
        _accepting = Task.Run(() => AcceptAsync(listener));
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (listener == Volatile.Read(ref _listener))
        {
            try
            {
                Serve(await listener.AcceptAsync(), listener);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The link is cut, or the client has gone, or there are too many connections at this moment.
                await Task.Delay(LinkFiles.Interval, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private void Serve(Socket accepted, Socket listener)
    {
        var connection = new LinkConnection(this, accepted);
        lock (_lock)
        {
            if (listener == _listener)
            {
                _connections[connection] = Task.Run(() => ServeAsync(connection));
                return;
            }
        }

        connection.Reset();
        connection.Dispose();
    }

    private async Task ServeAsync(LinkConnection connection)
    {
        await connection.RunAsync();
        lock (_lock)
        {
            _ = _connections.Remove(connection);
        }

        connection.Dispose();
    }
}
