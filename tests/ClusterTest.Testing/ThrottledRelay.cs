using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Testing;

/// <summary>Relays TCP connections to a port of this machine; what clients send passes at a bounded rate, as over a slow link.</summary>
public sealed class ThrottledRelay : IAsyncDisposable
{
    private const int SocketBuffer = 64 * 1024;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Task> _relays = [];
    private readonly IPEndPoint _target;
    private readonly int _sliceBytes;
    private readonly Task _accepting;
    private int _accepted;

    private ThrottledRelay(IPEndPoint target, long bytesPerSecond)
    {
        _target = target;
        _sliceBytes = (int)(bytesPerSecond * Slice.TotalSeconds);
        _listener.Server.ReceiveBufferSize = SocketBuffer; // inherited by what it accepts: a large buffer would hide the link
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Gets how many connections were accepted.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <param name="host">An IP address.</param>
    /// <param name="port">Where to.</param>
    /// <param name="bytesPerSecond">From each client.</param>
    public static ThrottledRelay Start(string host, int port, long bytesPerSecond) =>
        new(new IPEndPoint(host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host), port), bytesPerSecond);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await Task.WhenAll(_relays);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _accepted);
                _relays.Add(RelayAsync(client));
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var broker = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = SocketBuffer };
        using (client)
        {
            try
            {
                await broker.ConnectAsync(_target, ended.Token);
                await Task.WhenAll(CopyAsync(client, broker, _sliceBytes, ended), CopyAsync(broker, client, null, ended));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // One of both has gone.
            }
        }
    }

    // When one direction has ended, so has the other.
    private static async Task CopyAsync(Socket from, Socket to, int? slice, CancellationTokenSource ended)
    {
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            var passed = 0L;
            var buffer = new byte[slice ?? SocketBuffer];
            while (await from.ReceiveAsync(buffer, ended.Token) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), ended.Token);
                }

                passed += count;
                if (slice is { } bytes && (Slice * ((double)passed / bytes)) - TimeProvider.System.GetElapsedTime(started) is var ahead && ahead > TimeSpan.Zero)
                {
                    await Task.Delay(ahead, TimeProvider.System, ended.Token);
                }
            }
        }
        finally
        {
            await ended.CancelAsync();
        }
    }
}
