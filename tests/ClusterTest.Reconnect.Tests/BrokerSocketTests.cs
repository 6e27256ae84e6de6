using System.Net;
using System.Net.Sockets;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using ScriptedAmqp.Hostile;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class BrokerSocketTests : BrokerTest
{
    private static readonly byte[] FlowOff = HostileFrames.Frame(1, 1, [0, 20, 0, 20, 0]);
    private static readonly byte[] Forced = HostileFrames.Frame(1, 0, [0, 10, 0, 50, 1, 0x40, 1, (byte)'x', 0, 0, 0, 0]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gives_a_writer_no_error_and_a_reader_the_peers_last_words_and_then_the_end(bool reset)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await using var stream = await ConnectAsync(client, async peer =>
        {
            await peer.SendAsync("last words"u8.ToArray(), Token);
            peer.LingerState = new LingerOption(reset, 0);
        });
        for (var i = 0; i < 10; i++)
        {
            await stream.WriteAsync("anything"u8.ToArray(), Token);
        }

        var words = new byte["last words".Length];
        await stream.ReadExactlyAsync(words, Token);
        Assert.Equal("last words"u8.ToArray(), words);
        await AssertEndedAsync(stream);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(5000)]
    [InlineData(70_000)]
    public async Task Gives_a_reader_every_octet_in_order_and_then_the_end(int asked)
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var octets = Enumerable.Range(0, 200_000).Select(static i => (byte)(i % 251)).ToArray();
        await using var stream = await ConnectAsync(client, async peer => await peer.SendAsync(octets, Token));
        var read = new List<byte>();
        var buffer = new byte[asked];
        while (read.Count < octets.Length)
        {
            Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, Token));
            var count = await stream.ReadAsync(buffer, Token);
            Assert.InRange(count, 1, asked);
            read.AddRange(buffer.AsSpan(0, count));
        }

        Assert.Equal(octets, read);
        await AssertEndedAsync(stream);
    }

    [Fact]
    public async Task Reads_ahead_only_when_the_gate_lets_it()
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var gate = new ReadGate(TimeProvider.System) { Interval = TimeSpan.FromMinutes(1) };
        await using var stream = await ConnectAsync(client, async peer => await peer.SendAsync(new byte[40_000], Token), gate);
        var buffer = new byte[4096];
        await Eventually.TrueAsync(() => client.Available == 40_000);
        await stream.ReadExactlyAsync(buffer, Token);
        Assert.Equal(40_000 - 4096, client.Available);
        var budget = new BodyBudget(1);
        gate.Budget = budget;
        budget.Take(1);
        var waiting = stream.ReadAsync(buffer, Token);
        Assert.False(waiting.IsCompleted); // octets that are there would be read at once
        Assert.Equal(40_000 - 4096, client.Available);
        budget.Return(1);
        Assert.Equal(4096, await waiting);
        Assert.Equal(0, client.Available);
    }

    [Fact]
    public async Task Gives_a_writer_no_error_and_a_reader_the_end_when_it_is_closed_on_this_side()
    {
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await using var stream = await ConnectAsync(client, static _ => Task.CompletedTask);
        client.Dispose();
        await stream.WriteAsync("anything"u8.ToArray(), Token);
        await AssertEndedAsync(stream);
    }

    [Theory]
    [InlineData(false, FailureKind.ClosedByPeer)]
    [InlineData(true, FailureKind.ConnectionForced)]
    public async Task A_loss_is_noticed_at_once_while_the_client_library_has_much_to_answer_and_cannot(bool says, FailureKind cause)
    {
        // Far more answers than the client library's queue has room for, to a peer that is gone at the first.
        Broker.On<UnsupportedMethod>().Once().Reset();
        Consume(Cluster with { Heartbeat = TimeSpan.FromMinutes(10) });
        await OpenAsync();
        Broker.OpenConnections[0].Send([.. Enumerable.Repeat(FlowOff, 2_000).SelectMany(octets => octets), .. says ? Forced : []]);
        var lost = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal(cause, lost.Cause!.Kind);
        await OpenAsync(2);
    }

    /// <summary>Connects to a peer that does what it is told, and closes.</summary>
    private static async Task<NetworkStream> ConnectAsync(Socket client, Func<Socket, Task> beforeClose, ReadGate? gate = null)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        using var peer = await listener.AcceptSocketAsync(Token);
        await beforeClose(peer);
#pragma warning disable CA2000 // It is the client's, and that is its caller's.
        return new BrokerSocket(client, TimeProvider.System) { Reading = gate ?? new ReadGate(TimeProvider.System) }.GetStream();
#pragma warning restore CA2000
    }

    private static async Task AssertEndedAsync(NetworkStream stream) =>
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, Token).AsTask());
}
