using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>A broker that goes away, hangs and comes back; and how a test waits for it.</summary>
public sealed class LifecycleTests : ClientTest
{
    [Fact]
    public async Task Is_killed_and_comes_back_with_its_messages()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        await PublishAsync(channel, "kept");
        var port = Broker.Port;
        Broker.Kill();
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);
        Assert.Empty(Broker.OpenConnections);

        Broker.StartListening();
        Assert.Equal(port, Broker.Port);
        var got = await (await OpenChannelAsync()).BasicGetAsync(Queue, autoAck: true, Token);
        Assert.Equal("kept"u8.ToArray(), got!.Body.ToArray());
    }

    [Fact]
    public async Task Says_nothing_when_it_is_killed_and_320_when_it_shuts_down()
    {
        using var killed = await OpenAsync(Broker);
        Broker.Kill();
        await killed.ExpectEndAsync();

        Broker.StartListening();
        using var closed = await OpenAsync(Broker);
        Broker.Shutdown();
        Assert.Equal(
            [1, 64, .. ShortString("CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'")],
            (await closed.ExpectAsync(0, 10, 50))[..^4]);
    }

    [Fact]
    public async Task Refuses_newcomers_and_keeps_those_it_has()
    {
        var channel = await OpenChannelAsync();
        Broker.StopListening();
        Broker.StopListening();
        var refused = await Assert.ThrowsAsync<SocketException>(ConnectSocketAsync);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        await DeclareAsync(channel);

        Broker.StartListening();
        Broker.StartListening();
        await OpenChannelAsync();
        Assert.Equal(2, Broker.OpenConnections.Count);
    }

    [Fact]
    public async Task Accepts_and_says_nothing_while_it_is_frozen()
    {
        Broker.Freeze();
        using var client = await ConnectAsync(Broker);
        await client.SendAsync(Preamble);
        await Broker.ReceivedAsync<Accepted>();
        Assert.Empty(Broker.Received.OfType<ProtocolHeader>());

        Broker.Thaw();
        await client.ExpectAsync(0, 10, 10);
    }

    [Fact]
    public async Task Is_closed_as_by_the_kernel_when_it_is_killed_while_frozen()
    {
        using var client = await OpenAsync(Broker);
        Broker.Freeze();
        await client.CallAsync(1, 85, 10, 0);
        Broker.Kill();
        await Broker.WaitForAsync(broker => broker.Connections[0].EndedAt is not null);
        Assert.Empty(Broker.Received.OfType<ConfirmSelect>());
    }

    [Fact]
    public async Task Says_that_it_is_blocked_and_that_it_no_longer_is()
    {
        using var client = await OpenAsync(Broker);
        Broker.Connections[0].Block("low on disk");
        Broker.Connections[0].Unblock();
        Assert.Equal(ShortString("low on disk"), await client.ExpectAsync(0, 10, 60));
        Assert.Empty(await client.ExpectAsync(0, 10, 61));
    }

    [Fact]
    public async Task Listens_where_it_is_told_to()
    {
        await using var first = ScriptedBroker.Start(new() { Address = IPAddress.Parse("127.0.0.3") });
        await using var second = ScriptedBroker.Start(new() { Address = IPAddress.Parse("127.0.0.4"), Port = first.Port });
        Assert.Equal(first.Port, second.Port);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse("127.0.0.4"), second.Port, Token);
        await second.ReceivedAsync<Accepted>();
        Assert.Empty(first.Connections);
    }

    [Fact]
    public async Task Ends_every_connection_when_it_is_disposed()
    {
        var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await broker.DisposeAsync();
        await client.ExpectGoneAsync();
        Assert.NotNull(broker.Connections[0].EndedAt);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(broker));
    }

    [Fact]
    public async Task Has_no_channel_to_close_that_nobody_opened()
    {
        using var client = await OpenAsync(Broker);
        var exception = Assert.Throws<InvalidOperationException>(() => Broker.Connections[0].CloseChannel(9, 404, "x"));
        Assert.Equal("connection 1 has no channel 9.", exception.Message);
    }

    [Fact]
    public async Task Tells_what_it_waited_for_and_what_came_instead()
    {
        using var client = await OpenAsync(Broker);
        await client.CallAsync(1, 50, 10, [0, 0, .. ShortString("came"), 2, 0, 0, 0, 0]);
        await client.ExpectAsync(1, 50, 11);
        var exception = await Assert.ThrowsAsync<TimeoutException>(() =>
            Broker.ReceivedAsync<BasicPublish>(publish => publish.Mandatory, count: 2, timeout: TimeSpan.FromMilliseconds(1)));
        Assert.Contains("2 × BasicPublish publish => publish.Mandatory", exception.Message, StringComparison.Ordinal);
        Assert.Contains("connection 1: QueueDeclare", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_by_real_time_whatever_its_clock_says()
    {
        await using var broker = ScriptedBroker.Start(new() { TimeProvider = new FakeTimeProvider() });
        await Assert.ThrowsAsync<TimeoutException>(() => broker.WaitForAsync(_ => false, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Waits_for_as_many_open_connections_as_are_asked_for()
    {
        var waiting = Broker.OpenConnectionsAsync(2);
        await OpenChannelAsync();
        Assert.False(waiting.IsCompleted);
        await OpenChannelAsync();
        Assert.Equal(2, (await waiting).Count);
        await Connections[0].CloseAsync(Token);
        Assert.Equal(2, Assert.Single(await Broker.OpenConnectionsAsync(1)).Number);
    }

    [Fact]
    public async Task Stalls_the_writes_of_a_client_once_its_small_buffer_is_full()
    {
        const int small = 4096;
        await using var broker = ScriptedBroker.Start(new() { ReceiveBufferSize = small });
        broker.On<Accepted>().Do(accepted => accepted.Connection.StopReading());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = small };
        await socket.ConnectAsync(IPAddress.Loopback, broker.Port, Token);
        await broker.ReceivedAsync<Accepted>();
        socket.Blocking = false;
        var written = 0;
        Assert.Throws<SocketException>((Action)SendForEver);
        Assert.InRange(written, 1, 256 * 1024);

        void SendForEver()
        {
            while (true)
            {
                written += socket.Send(new byte[1024]);
            }
        }
    }
}
