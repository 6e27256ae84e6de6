using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ScriptedAmqp.Tests;

/// <summary>The scripted broker is only worth as much as the real client believes it.</summary>
public sealed class RealClientTests : IAsyncDisposable
{
    private const string Queue = "q";
    private static readonly Dictionary<string, object?> QuorumQueue = new() { ["x-queue-type"] = "quorum" };
    private readonly ScriptedBroker _broker = ScriptedBroker.Start(new() { FrameMax = 4096 });
    private readonly List<IConnection> _connections = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

        var publish = Assert.Single(_broker.Received.OfType<BasicPublish>());
        Assert.Equal((1ul, "m-1", true, (byte?)2), (publish.SequenceNumber, publish.MessageId, publish.Mandatory, publish.Properties.DeliveryMode));
        Assert.Equal(0, _broker.Connections[0].Unconfirmed);

        var got = await (await OpenChannelAsync()).BasicGetAsync(Queue, autoAck: true, Token);
        Assert.Equal(body, Encoding.UTF8.GetString(got!.Body.Span));
        Assert.Equal(7, got.BasicProperties.Headers!["n"]);
        Assert.Equal("m-1", Assert.Single(_broker.Queue(Queue).Acknowledged).MessageId);
    }

    [Fact]
    public async Task Delivers_within_the_prefetch_and_requeues_in_order_when_the_connection_is_lost()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        for (var i = 1; i <= 5; i++)
        {
            _broker.Enqueue(Queue, $"{i}");
        }

        var first = await ConsumeAsync(channel, prefetch: 2);
        await first.WaitForAsync(2);
        Assert.Equal((3, 2), (_broker.Queue(Queue).Ready.Count, _broker.Queue(Queue).Unacknowledged.Count));

        await channel.BasicAckAsync(1, multiple: false, Token);
        await first.WaitForAsync(3);
        _broker.Connections[0].Reset();
        Assert.Equal(["2", "3", "4", "5"], _broker.Queue(Queue).Ready.Select(message => message.Text));

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
        await _broker.ReceivedAsync<ChannelCloseOk>();
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
        _broker.On<BasicPublish>(publish => publish.Text == "nack").Do(publish => publish.Nack());
        var withheld = _broker.WithholdConfirms();
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);

        await Assert.ThrowsAsync<PublishException>(async () => await PublishAsync(channel, "nack"));
        Task[] publishes = [.. Enumerable.Range(0, 10).Select(i => PublishAsync(channel, $"{i}").AsTask())];
        await _broker.WaitForAsync(broker => broker.Unconfirmed.Count == 10);
        Assert.DoesNotContain(publishes, publish => publish.IsCompleted);
        Assert.Equal(10, _broker.MaxUnconfirmed);

        withheld.Remove();
        foreach (var publish in _broker.Unconfirmed.Skip(5).Reverse())
        {
            publish.Confirm();
        }

        await Task.WhenAll(publishes[5..]);
        (_broker.Unconfirmed[^1] with { SequenceNumber = 6 }).Confirm(multiple: true);
        await Task.WhenAll(publishes);
    }

    [Fact]
    public async Task Refuses_for_so_many_times_and_then_behaves()
    {
        const string down = "NOT_FOUND - home node 'rabbit@x' of durable queue 'q' in vhost '/' is down or inaccessible";
        _broker.On<QueueDeclare>(declare => declare.Queue == Queue).Times(2).CloseChannel(404, down);
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
        _broker.On<ConnectionStartOk>().Once().CloseConnection(403, "ACCESS_REFUSED - Login was refused");
        _broker.On<ConnectionOpen>().Once().CloseConnection(530, "NOT_ALLOWED - vhost nope not found");
        var login = await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);
        Assert.IsType<AuthenticationFailureException>(login.InnerException);

        // The client does not wait for connection.open-ok: it learns of this with the first channel.
        var virtualHost = await Assert.ThrowsAnyAsync<OperationInterruptedException>(OpenChannelAsync);
        Assert.Equal(530, virtualHost.ShutdownReason!.ReplyCode);
    }

    [Fact]
    public async Task Withholds_an_answer_until_released()
    {
        var withheld = _broker.On<BasicConsume>().Withhold();
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var consuming = ConsumeAsync(channel, prefetch: 1);
        await _broker.ReceivedAsync<BasicConsume>();
        Assert.False(consuming.IsCompleted);
        Assert.Empty(_broker.Queue(Queue).ConsumerTags);

        withheld.Release();
        await consuming;
        Assert.Single(_broker.Queue(Queue).ConsumerTags);
    }

    [Fact]
    public async Task Cancels_consumers_and_blocks_connections()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var consumer = await ConsumeAsync(channel, prefetch: 1);
        _broker.CancelConsumers(Queue);
        await consumer.Cancelled;
        Assert.True(channel.IsOpen);

        var blocked = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[0].ConnectionBlockedAsync += (_, reason) =>
        {
            blocked.SetResult(reason.Reason);
            return Task.CompletedTask;
        };
        _broker.Connections[0].Block("low on memory");
        Assert.Equal("low on memory", await blocked.Task.WaitAsync(Token));
    }

    [Fact]
    public async Task Goes_down_refuses_and_comes_back_on_the_same_port()
    {
        await OpenChannelAsync();
        var shutdown = new TaskCompletionSource<ShutdownEventArgs>(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[0].ConnectionShutdownAsync += (_, reason) =>
        {
            shutdown.SetResult(reason);
            return Task.CompletedTask;
        };
        _broker.Shutdown();
        Assert.Equal(320, (await shutdown.Task.WaitAsync(Token)).ReplyCode);
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);

        _broker.StartListening();
        await OpenChannelAsync();
        Assert.Single(await _broker.OpenConnectionsAsync(1));
    }

    [Fact]
    public async Task Answers_nonsense_or_closes_at_a_given_method()
    {
        _broker.On<ProtocolHeader>().Once().Send("HTTP/1.1 400 Bad Request\r\n\r\n"u8);
        _broker.On<ProtocolHeader>().Once().Send("AMQP\0\x1\0\0"u8);
        _broker.After<QueueDeclare>().Once().Disconnect();
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);
        await Assert.ThrowsAsync<BrokerUnreachableException>(OpenChannelAsync);

        var channel = await OpenChannelAsync();
        await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => DeclareAsync(channel));
        Assert.Equal(3, _broker.Connections.Count);
        Assert.Empty(_broker.Received.OfType<QueueBind>());
    }

    [Fact]
    public async Task Ends_a_connection_by_FIN_or_by_RST()
    {
        _broker.On<Accepted>().Once().Disconnect();
        _broker.On<Accepted>().Once().Reset();
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
        _broker.On<Accepted>().Freeze();
        using var socket = await ConnectSocketAsync();
        await _broker.ReceivedAsync<Accepted>();
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
        _broker.Freeze();
        var declaring = DeclareAsync(channel);
        Assert.Empty(_broker.Received.OfType<QueueDeclare>());
        _broker.Thaw();
        await declaring;
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        foreach (var connection in _connections)
        {
            await connection.AbortAsync(); // waits for the main loop, under whose feet a dispose pulls the connection away
            await connection.DisposeAsync();
        }
    }

    private static async Task DeclareAsync(IChannel channel, bool bind = true)
    {
        await channel.ExchangeDeclareAsync("e", ExchangeType.Direct, durable: true, cancellationToken: Token);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, QuorumQueue, cancellationToken: Token);
        if (bind)
        {
            await channel.QueueBindAsync(Queue, "e", "k", cancellationToken: Token);
        }
    }

    private static ValueTask PublishAsync(IChannel channel, string text) =>
        channel.BasicPublishAsync("e", "k", mandatory: true, Encoding.UTF8.GetBytes(text), Token);

    private static async Task<RecordingConsumer> ConsumeAsync(IChannel channel, ushort prefetch)
    {
        await channel.BasicQosAsync(0, prefetch, global: false, Token);
        var consumer = new RecordingConsumer(channel);
        await channel.BasicConsumeAsync(Queue, autoAck: false, consumer, Token);
        return consumer;
    }

    private async Task<IChannel> OpenChannelAsync()
    {
        var factory = new ConnectionFactory { Uri = _broker.Uri, AutomaticRecoveryEnabled = false };
        var connection = await factory.CreateConnectionAsync(Token);
        _connections.Add(connection);
        return await connection.CreateChannelAsync(new(true, true), Token);
    }

    private async Task<Socket> ConnectSocketAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(ScriptedBroker.Host, _broker.Port, Token);
        return socket;
    }

    private sealed class RecordingConsumer(IChannel channel) : AsyncDefaultBasicConsumer(channel)
    {
        private readonly Channel<BasicDeliverEventArgs> _delivered =
            System.Threading.Channels.Channel.CreateUnbounded<BasicDeliverEventArgs>();
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<BasicDeliverEventArgs> Deliveries { get; } = [];

        public Task Cancelled => _cancelled.Task.WaitAsync(Token);

        public async Task WaitForAsync(int count)
        {
            while (Deliveries.Count < count)
            {
                Deliveries.Add(await _delivered.Reader.ReadAsync(Token));
            }
        }

        public override async Task HandleBasicDeliverAsync(
            string consumerTag,
            ulong deliveryTag,
            bool redelivered,
            string exchange,
            string routingKey,
            IReadOnlyBasicProperties properties,
            ReadOnlyMemory<byte> body,
            CancellationToken cancellationToken = default) => await _delivered.Writer.WriteAsync(
                new(consumerTag, deliveryTag, redelivered, exchange, routingKey, properties, body.ToArray(), cancellationToken),
                cancellationToken);

        public override async Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            await base.HandleBasicCancelAsync(consumerTag, cancellationToken);
            _cancelled.SetResult();
        }
    }
}
