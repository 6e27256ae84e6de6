using System.Net.Sockets;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using ScriptedAmqp.Tests.Support;
using Xunit;

namespace ScriptedAmqp.Tests;

/// <summary>The scripted broker is only worth as much as the real client believes it.</summary>
public sealed class RealClientTests() : ClientTest(new() { FrameMax = 4096 })
{
    [Fact]
    public async Task Keeps_what_it_confirmed_across_frames_and_connections()
    {
        var body = new string('x', 20_000);
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var properties = new BasicProperties
        {
            MessageId = "m-1",
            ContentType = "application/json",
            Persistent = true,
            Headers = new Dictionary<string, object?> { ["n"] = 7, ["nested"] = new Dictionary<string, object?> { ["ok"] = true } },
        };
        await channel.BasicPublishAsync("e", "k", mandatory: true, properties, Encoding.UTF8.GetBytes(body), Token);
        await channel.CloseAsync(Token);

        var publish = Assert.Single(Broker.Received.OfType<BasicPublish>());
        Assert.Equal((1ul, "m-1", true, (byte?)2), (publish.SequenceNumber, publish.MessageId, publish.Mandatory, publish.Properties.DeliveryMode));
        Assert.Equal(0, Broker.Connections[0].Unconfirmed);

        var got = await (await OpenChannelAsync()).BasicGetAsync(Queue, autoAck: true, Token);
        Assert.Equal(body, Encoding.UTF8.GetString(got!.Body.Span));
        Assert.Equal(7, got.BasicProperties.Headers!["n"]);
        Assert.Equal("m-1", Assert.Single(Broker.Queue(Queue).Acknowledged).MessageId);
    }

    [Fact]
    public async Task Delivers_within_the_prefetch_and_requeues_in_order_when_the_connection_is_lost()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        for (var i = 1; i <= 5; i++)
        {
            Broker.Enqueue(Queue, $"{i}");
        }

        var first = await ConsumeAsync(channel, prefetch: 2);
        await first.WaitForAsync(2);
        Assert.Equal((3, 2), (Broker.Queue(Queue).Ready.Count, Broker.Queue(Queue).Unacknowledged.Count));

        await channel.BasicAckAsync(1, multiple: false, Token);
        await first.WaitForAsync(3);
        Broker.Connections[0].Reset();
        Assert.Equal(["2", "3", "4", "5"], Broker.Queue(Queue).Ready.Select(message => message.Text));

        var second = await ConsumeAsync(await OpenChannelAsync(), prefetch: 10);
        await second.WaitForAsync(4);
        Assert.Equal([true, true, false, false], second.Deliveries.Select(delivery => delivery.Redelivered));
        Assert.Equal(1L, second.Deliveries[0].BasicProperties.Headers!["x-delivery-count"]);
    }

    [Fact]
    public async Task Answers_a_stale_ack_with_406()
    {
        var channel = await OpenChannelAsync();
        await channel.BasicAckAsync(7, multiple: false, Token);
        await Broker.ReceivedAsync<ChannelCloseOk>();
        Assert.Equal("PRECONDITION_FAILED - unknown delivery tag 7", channel.CloseReason!.ReplyText);
    }

    [Fact]
    public async Task Returns_what_no_queue_takes_and_then_confirms_it()
    {
        var channel = await OpenChannelAsync();
        var exception = await Assert.ThrowsAsync<PublishReturnException>(async () =>
            await channel.BasicPublishAsync("", "nowhere", mandatory: true, body: "x"u8.ToArray(), Token));
        Assert.Equal((312, "NO_ROUTE"), (exception.ReplyCode, exception.ReplyText));
    }

    [Fact]
    public async Task Confirms_as_the_script_wants_it()
    {
        Broker.On<BasicPublish>(publish => publish.Text == "nack").Do(publish => publish.Nack());
        var withheld = Broker.WithholdConfirms();
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);

        await Assert.ThrowsAsync<PublishException>(async () => await PublishAsync(channel, "nack"));
        Task[] publishes = [.. Enumerable.Range(0, 10).Select(i => PublishAsync(channel, $"{i}").AsTask())];
        await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == 10);
        Assert.DoesNotContain(publishes, publish => publish.IsCompleted);
        Assert.Equal(10, Broker.MaxUnconfirmed);

        withheld.Remove();
        foreach (var publish in Broker.Unconfirmed.Skip(5).Reverse())
        {
            publish.Confirm();
        }

        await Task.WhenAll(publishes[5..]);
        (Broker.Unconfirmed[^1] with { SequenceNumber = 6 }).Confirm(multiple: true);
        await Task.WhenAll(publishes);
    }

    [Fact]
    public async Task Refuses_for_so_many_times_and_then_behaves()
    {
        const string down = "NOT_FOUND - home node 'rabbit@x' of durable queue 'q' in vhost '/' is down or inaccessible";
        Broker.On<QueueDeclare>(declare => declare.Queue == Queue).Times(2).CloseChannel(404, down);
        for (var i = 0; i < 2; i++)
        {
            var channel = await OpenChannelAsync();
            var exception = await Assert.ThrowsAsync<OperationInterruptedException>(() => DeclareAsync(channel));
            Assert.Equal(down, exception.ShutdownReason!.ReplyText);
        }

        await DeclareAsync(await OpenChannelAsync());
    }

    [Fact]
    public async Task Refuses_a_login_and_a_virtual_host()
    {
        Broker.On<ConnectionStartOk>().Once().CloseConnection(403, "ACCESS_REFUSED - Login was refused");
        Broker.On<ConnectionOpen>().Once().CloseConnection(530, "NOT_ALLOWED - vhost nope not found");
        var login = await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);
        Assert.IsType<AuthenticationFailureException>(login.InnerException);

        // The client does not wait for connection.open-ok: it learns of this with the first channel.
        var virtualHost = await Assert.ThrowsAnyAsync<OperationInterruptedException>(OpenChannelAsync);
        Assert.Equal(530, virtualHost.ShutdownReason!.ReplyCode);
    }

    [Fact]
    public async Task Withholds_an_answer_until_released()
    {
        var withheld = Broker.On<BasicConsume>().Withhold();
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var consuming = ConsumeAsync(channel, prefetch: 1);
        await Broker.ReceivedAsync<BasicConsume>();
        Assert.False(consuming.IsCompleted);
        Assert.Empty(Broker.Queue(Queue).ConsumerTags);

        withheld.Release();
        await consuming;
        Assert.Single(Broker.Queue(Queue).ConsumerTags);
    }

    [Fact]
    public async Task Cancels_consumers_and_blocks_connections()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var consumer = await ConsumeAsync(channel, prefetch: 1);
        Broker.CancelConsumers(Queue);
        await consumer.Cancelled;
        Assert.True(channel.IsOpen);

        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        Connections[0].ConnectionBlockedAsync += (_, reason) =>
        {
            blocked.SetResult(reason.Reason);
            return Task.CompletedTask;
        };
        Broker.Connections[0].Block("low on memory");
        Assert.Equal("low on memory", await blocked.Task.WaitAsync(Token));
    }

    [Fact]
    public async Task Goes_down_refuses_and_comes_back_on_the_same_port()
    {
        await OpenChannelAsync();
        var shutdown = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        Connections[0].ConnectionShutdownAsync += (_, reason) =>
        {
            shutdown.SetResult(reason);
            return Task.CompletedTask;
        };
        Broker.Shutdown();
        Assert.Equal(320, (await shutdown.Task.WaitAsync(Token)).ReplyCode);
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);

        Broker.StartListening();
        await OpenChannelAsync();
        Assert.Single(await Broker.OpenConnectionsAsync(1));
    }

    [Fact]
    public async Task Answers_nonsense_or_closes_at_a_given_method()
    {
        Broker.On<ProtocolHeader>().Once().Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        Broker.On<ProtocolHeader>().Once().Send("AMQP\0\x1\0\0"u8);
        Broker.After<QueueDeclare>().Once().Disconnect();
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);

        var channel = await OpenChannelAsync();
        await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => DeclareAsync(channel));
        Assert.Equal(3, Broker.Connections.Count);
        Assert.Empty(Broker.Received.OfType<QueueBind>());
    }

    [Fact]
    public async Task Ends_a_connection_by_FIN_or_by_RST()
    {
        Broker.On<Accepted>().Once().Disconnect();
        Broker.On<Accepted>().Once().Reset();
        using var ended = await ConnectSocketAsync();
        Assert.Equal(0, await ended.ReceiveAsync(new byte[1], Token));
        var exception = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var reset = await ConnectSocketAsync();
            await reset.ReceiveAsync(new byte[1], Token);
        });
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
    }

    [Fact]
    public async Task Stops_reading_until_the_writes_of_the_client_stall()
    {
        Broker.On<Accepted>().Freeze();
        using var socket = await ConnectSocketAsync();
        await Broker.ReceivedAsync<Accepted>();
        socket.Blocking = false;
        var stalled = Assert.Throws<SocketException>((Action)SendForEver);
        Assert.Equal(SocketError.WouldBlock, stalled.SocketErrorCode);

        void SendForEver()
        {
            while (true)
            {
                socket.Send(new byte[65_536]);
            }
        }
    }

    [Fact]
    public async Task Freezes_and_thaws()
    {
        var channel = await OpenChannelAsync();
        Broker.Freeze();
        var declaring = DeclareAsync(channel);
        Assert.Empty(Broker.Received.OfType<QueueDeclare>());
        Broker.Thaw();
        await declaring;
    }
}
