using System.Net;
using System.Net.Sockets;

namespace ClusterTest.Testing;

/// <summary>Relays TCP connections to a port of this machine; what clients send passes at a bounded rate, as over a slow link.</summary>
public sealed class ThrottledRelay : Relay
{
    private const int SocketBuffer = 64 * 1024;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    private readonly IPEndPoint _target;
    private readonly int _sliceBytes;

    private ThrottledRelay(IPEndPoint target, long bytesPerSecond)
    {
        _target = target;
        _sliceBytes = (int)(bytesPerSecond * Slice.TotalSeconds);
        Listener.Server.ReceiveBufferSize = SocketBuffer; // inherited by what it accepts: a large buffer would hide the link
        Listen();
    }

    /// <param name="host">An IP address.</param>
    /// <param name="port">Where to.</param>
    /// <param name="bytesPerSecond">From each client.</param>
    public static ThrottledRelay Start(string host, int port, long bytesPerSecond) =>
        new(new IPEndPoint(host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(host), port), bytesPerSecond);

    protected override async Task RelayAsync(Socket accepted, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var broker = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = SocketBuffer };
        using (accepted)
        {
            try
            {
                await broker.ConnectAsync(_target, ended.Token);
                await Task.WhenAll(CopyAsync(accepted, broker, _sliceBytes, ended), CopyAsync(broker, accepted, null, ended));
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
                if (slice is { } bytes
                    && (Slice * ((double)passed / bytes)) - TimeProvider.System.GetElapsedTime(started) is var ahead
                    && ahead > TimeSpan.Zero)
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
