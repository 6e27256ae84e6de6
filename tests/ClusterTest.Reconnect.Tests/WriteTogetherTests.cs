using System.Net;
using System.Net.Sockets;
using ClusterTest.Reconnect.Internal.Connections;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>What passes the socket together, and in which order.</summary>
public sealed class WriteTogetherTests : IAsyncLifetime
{
    private const int Small = 300;

    private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Socket _peer = null!;
    private BrokerSocket _socket = null!;
    private NetworkStream _stream = null!;
    private byte _octet;
    private long _written;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await _client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        _peer = await listener.AcceptSocketAsync(Token);
        _socket = new BrokerSocket(_client, TimeProvider.System) { Cork = new WriteCork { Watcher = static _ => { } } };
        _stream = _socket.GetStream();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
        _client.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public async Task The_last_of_the_messages_that_were_counted_sends_all()
    {
        var first = HoldBack(count: 3);
        Assert.False(first.IsCompleted);
        _socket.Cork.Release();
        await first;
        await WriteAsync(Small);
        Assert.Equal(0, _socket.Written.Octets);

        await WriteAsync(Small);

        Assert.Equal(3 * Small, _socket.Written.Octets);
        await AssertArrivedAsync();
        await WriteAsync(Small);
        Assert.Equal(4 * Small, _socket.Written.Octets); // as if nothing had been held back
    }

    [Fact]
    public async Task A_frame_that_is_no_message_takes_the_place_of_one_and_nothing_is_left_behind()
    {
        var first = HoldBack(count: 2);
        _socket.Cork.Release();
        await first;
        await WriteAsync(8); // a heartbeat
        Assert.Equal(Small + 8, _socket.Written.Octets);
        await WriteAsync(Small);
        await AssertArrivedAsync();
    }

    [Fact]
    public async Task A_large_message_passes_by_itself_after_what_was_before_it()
    {
        var first = HoldBack(count: 3);
        _socket.Cork.Release();
        await first;
        await WriteAsync(WriteProgress.Least);
        Assert.Equal(Small + WriteProgress.Least, _socket.Written.Octets);
        await WriteAsync(Small);
        await AssertArrivedAsync();
    }

    [Fact]
    public async Task What_is_more_than_64_KiB_together_passes_in_pieces()
    {
        const int count = 40;
        const int size = WriteProgress.Least - 1;
        var first = HoldBack(count, size);
        _socket.Cork.Release();
        await first;
        for (var i = 1; i < count; i++)
        {
            await WriteAsync(size);
            Assert.InRange(_written - _socket.Written.Octets, 0, 64 * 1024);
        }

        await AssertArrivedAsync();
    }

    [Fact]
    public async Task Small_messages_show_no_progress_of_the_peer_together_either()
    {
        var first = HoldBack(count: 50);
        _socket.Cork.Release();
        await first;
        for (var i = 1; i < 50; i++)
        {
            await WriteAsync(Small);
        }

        Assert.Equal(50 * Small, _socket.Written.Octets);
        Assert.Equal(0, _socket.Written.Timestamp);
        await AssertArrivedAsync();
    }

    // Any sizes, any number of messages in the queue, whether they are counted or not: every octet arrives, and in order.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_octet_arrives_in_order(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var counted = random.Next(0, WriteCork.Most);
            var others = random.Next(0, 3);
            var first = counted > 0 ? HoldBack(counted, Size()) : Task.CompletedTask;
            _socket.Cork.Release();
            await first;
            for (var i = counted > 0 ? 1 : 0; i < counted + others; i++)
            {
                await WriteAsync(Size());
            }

            await AssertArrivedAsync();
        }

        int Size() => random.Next(10) == 0 ? random.Next(1, 20_000) : random.Next(1, 1000);
    }

    /// <summary>Holds back, writes a first message, and counts so many in the queue.</summary>
    private Task HoldBack(int count, int size = Small)
    {
        _socket.Cork.Hold();
        var first = WriteAsync(size);
        for (var i = 0; i < count; i++)
        {
            _socket.Cork.Queued(_socket.Cork.Holds, Small);
        }

        return first;
    }

    private Task WriteAsync(int size)
    {
        var frame = new byte[size];
        for (var i = 0; i < size; i++)
        {
            frame[i] = unchecked(_octet++);
        }

        _written += size;
        return _stream.WriteAsync(frame, Token).AsTask();
    }

    private async Task AssertArrivedAsync()
    {
        var octets = new byte[_written];
        for (var length = 0; length < octets.Length;)
        {
            var receiving = _peer.ReceiveAsync(octets.AsMemory(length), Token).AsTask();
            var count = await receiving.WaitAsync(ScriptedBroker.DefaultTimeout, TimeProvider.System, Token);
            Assert.NotEqual(0, count);
            length += count;
        }

        var next = unchecked((byte)(_octet - _written));
        var expected = new byte[_written];
        foreach (ref var octet in expected.AsSpan())
        {
            octet = unchecked(next++);
        }

        Assert.True(octets.AsSpan().SequenceEqual(expected));
        Assert.Equal(0, _peer.Available);
        _written = 0;
    }
}
