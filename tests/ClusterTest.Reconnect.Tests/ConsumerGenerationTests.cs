using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using ScriptedAmqp.Hostile;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class ConsumerGenerationTests : BrokerTest
{
    private const string HomeNodeDown = "NOT_FOUND - home node 'rabbit@rabbit1' of durable queue 'q' in vhost '/' is down or inaccessible";

    [Theory]
    [InlineData("queue")]
    [InlineData("binding")]
    [InlineData("qos")]
    [InlineData("consume")]
    public async Task Is_ready_only_when_the_broker_has_answered_to_all_of_it(string last)
    {
        // Field lesson 8: rabbitmq-dotnet-client#1047 and #1995 announce "recovered" though an entity failed.
        var withheld = last switch
        {
            "queue" => Broker.On<QueueDeclare>().Withhold(),
            "binding" => Broker.On<QueueBind>().Withhold(),
            "qos" => Broker.On<BasicQos>().Withhold(),
            _ => Broker.On<BasicConsume>().Withhold(),
        };
        Consume();
        await Broker.WaitForAsync(_ => withheld.Hits == 1);
        Assert.Empty(Events.Items);
        withheld.Release();
        await OpenAsync();
        var consume = Broker.Received.OfType<BasicConsume>().Single();
        Assert.Equal(
            [typeof(ExchangeDeclare), typeof(QueueDeclare), typeof(BasicQos), typeof(BasicConsume)],
            consume.Connection.Received.Where(method => method.Channel == consume.Channel && method is not ChannelOpen).Select(method => method.GetType()));
        Assert.Equal((Name, Name, Name), Broker.Received.OfType<QueueBind>().Select(bind => (bind.Queue, bind.Exchange, bind.RoutingKey)).Single());
        var queue = Broker.Received.OfType<QueueDeclare>().Single();
        Assert.Equal((true, false, false, "quorum"), (queue.Durable, queue.Exclusive, queue.AutoDelete, queue.Arguments["x-queue-type"]));
        var exchange = Broker.Received.OfType<ExchangeDeclare>().Single();
        Assert.Equal(("direct", true, false), (exchange.Type, exchange.Durable, exchange.AutoDelete));
        Assert.False(consume.NoAck);
    }

    [Theory]
    [InlineData("exchange")]
    [InlineData("queue")]
    [InlineData("binding")]
    [InlineData("qos")]
    [InlineData("consume")]
    public async Task Is_not_ready_when_any_part_failed(string part)
    {
        // Field lesson 8, and 7: a 404 is retried on the connection that it came on.
        var rule = part switch
        {
            "exchange" => Broker.On<ExchangeDeclare>().Times(3).CloseChannel(404, HomeNodeDown),
            "queue" => Broker.On<QueueDeclare>().Times(3).CloseChannel(404, HomeNodeDown),
            "binding" => Broker.On<QueueBind>().Times(3).CloseChannel(404, HomeNodeDown),
            "qos" => Broker.On<BasicQos>().Times(3).CloseChannel(404, HomeNodeDown),
            _ => Broker.On<BasicConsume>().Times(3).CloseChannel(404, HomeNodeDown),
        };
        Consume();
        var open = await OpenAsync();
        Assert.Equal((3, 4, 1), (rule.Hits, open.Attempts, open.Generation));
        Assert.Single(Broker.Connections);
        Assert.Equal([Recovering, Open], Events.Items.Select(change => change.To));
        Assert.Single(Broker.Queue(Name).ConsumerTags);
    }

    [Fact]
    public async Task Replaces_the_connection_when_the_consume_ok_does_not_come()
    {
        // Field lesson 3: a slow consume-ok leaves a phantom consumer (rabbitmq-dotnet-client#1993).
        Broker.On<BasicConsume>().Times(2).Withhold();
        Consume(Cluster with { ReadyTimeout = TimeSpan.FromMilliseconds(500) });
        var open = await OpenAsync();
        Assert.Equal(FailureKind.TimedOut, Events.Items[0].Cause!.Kind);
        Assert.InRange(open.Attempts, 3, 10);
        await Broker.WaitForAsync(broker =>
            broker.Connections.Count == open.Attempts && broker.Connections.Count(connection => connection.EndedAt is null) == 1);
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        Assert.Equal(["a"], Handled.Items);
        Assert.Single(Broker.Queue(Name).ConsumerTags);
    }

    [Fact]
    public async Task Leaves_no_phantom_when_the_consume_ok_comes_too_late()
    {
        // Field lesson 3: the answer comes when nobody waits for it any more.
        var withheld = Broker.On<BasicConsume>().Once().Withhold();
        Consume(Cluster with { ReadyTimeout = TimeSpan.FromMilliseconds(300) });
        await Events.WaitForAsync(change => change.To == Recovering);
        withheld.Release();
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
        Assert.Equal(["a"], Handled.Items);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Consumes_again_when_the_broker_cancels_the_consumer(bool queueIsDeleted)
    {
        // Field lesson 6: EasyNetQ#1135, aio-pika#334 and rascal#52 ignore basic.cancel.
        Consume();
        await OpenAsync();
        if (queueIsDeleted)
        {
            Broker.DeleteQueue(Name);
        }
        else
        {
            Broker.CancelConsumers(Name);
        }

        await OpenAsync(2);
        var lost = Assert.Single(Events.Items, change => change.To == Recovering);
        Assert.Equal((FailureKind.ConsumerCancelled, FailureScope.Channel), (lost.Cause!.Kind, lost.Cause.Scope));
        var producer = Produce(Cluster with { OnSessionEvent = null });
        Assert.True((await producer.PublishAsync(Message("a"), Token)).IsConfirmed);
        await AckedAsync(1);
        Assert.Single(Broker.Queue(Name).ConsumerTags);
        Assert.Null(Broker.Connections[0].EndedAt);
    }

    [Fact]
    public async Task Waits_for_the_home_node_of_a_queue_on_the_same_connection_and_tells_of_it_once()
    {
        // Field lesson 7: a 404 "home node down" stalls everything (rabbitmq-dotnet-client#379, java-client#358, rascal#119).
        Consume();
        await OpenAsync();
        Broker.On<QueueDeclare>().Times(6).CloseChannel(404, HomeNodeDown);
        Broker.CancelConsumers(Name);
        var open = await OpenAsync(2);
        Assert.Equal((7, TimeSpan.Zero), (open.Attempts, open.Reconnect));
        Assert.Equal([Open, Recovering, Open], Events.Items.Select(change => change.To));
        Assert.Single(Broker.Connections);

        // Its six delays have ceilings of 10 to 320 ms.
        var declares = Broker.Received.OfType<QueueDeclare>().Select(declare => declare.At).ToList();
        Assert.True(declares[^1] - declares[1] > TimeSpan.FromMilliseconds(20), "it backs off");
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
    }

    [Theory]
    [InlineData("PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used: 1800000 ms.")]
    [InlineData("PRECONDITION_FAILED - unknown delivery tag 1")]
    public async Task Rebuilds_channel_and_consumer_after_a_406(string text)
    {
        // Field lesson 9: a channel-only close leaves a ghost listener (Wolverine#3171).
        Broker.On<BasicAck>().Once().CloseChannel(406, text);
        Consume();
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await OpenAsync(2);
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Equal(["a", "a"], Handled.Items);
        var lost = Assert.Single(Events.Items, change => change.To == Recovering);
        Assert.Equal((FailureKind.ChannelClosed, FailureScope.Channel, (ushort)406), (lost.Cause!.Kind, lost.Cause.Scope, lost.Cause.ReplyCode));
        Assert.Single(Broker.Connections);
        Assert.Single(Broker.Queue(Name).ConsumerTags);
    }

    [Fact]
    public async Task Notices_that_it_is_cancelled_while_the_handler_is_at_work()
    {
        // Field lesson 6: RabbitMQ.Client queues a basic.cancel behind the deliveries, all of which a slow handler would have to get through.
        using var gate = new SemaphoreSlim(0);
        Consume(async _ =>
        {
            await gate.WaitAsync(Token);
            return DeliveryResult.Ack;
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        Broker.Enqueue(Name, "b");
        await Handled.WaitForAsync(_ => true);
        Broker.CancelConsumers(Name);
        await OpenAsync(2);
        gate.Release(10);
        Assert.Equal(["a", "b"], await AckedAsync(2));
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task Replaces_the_connection_of_a_broker_that_hands_out_many_times_the_prefetch()
    {
        // Nothing else bounds what a slow handler makes the consumer hold.
        const ushort prefetch = 4;
        const int bound = 3 * prefetch; // a quorum queue may hand out the same again
        using var gate = new SemaphoreSlim(0);
        var consumer = Consume(
            async (_, _) =>
            {
                await gate.WaitAsync(Token);
                return DeliveryResult.Ack;
            },
            new ConsumerOptions { Cluster = Cluster, ConsumerTag = "x", Prefetch = prefetch });
        await OpenAsync();
        for (var i = 1; i <= bound; i++)
        {
            Broker.OpenConnections[0].Send(Stray(i));
        }

        await Handled.WaitForAsync(_ => true);
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        Broker.OpenConnections[0].Send([.. Stray(bound + 1), .. Stray(bound + 2)]); // the handler has one of them, the others wait
        var lost = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal(
            (FailureScope.Connection,
            "the broker delivers many more "
                + "messages than the prefetch of 4 allows"), (lost.Cause!.Scope, lost.Cause.Message));
        gate.Release(10);
        await OpenAsync(2);
        Broker.Enqueue(Name, "a");
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Equal(["stray 1", "a"], Handled.Items);
        await Eventually.TrueAsync(() => consumer.Statistics.StaleAcks == 1);

        static byte[] Stray(int tag) =>
        [
            .. HostileFrames.Frame(1, 1, [0, 60, 0, 60, 1, (byte)'x', 0, 0, 0, 0, 0, 0, 0, (byte)tag, 0, 0, 0]),
            .. HostileFrames.Frame(2, 1, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0]),
            .. HostileFrames.Frame(3, 1, System.Text.Encoding.ASCII.GetBytes($"stray {tag:x}")),
        ];
    }

    [Fact]
    public async Task Survives_the_consumer_timeout_of_a_slow_handler()
    {
        // Field lesson 9, with the handler at work: its ack belongs to a channel that is gone.
        using var gate = new SemaphoreSlim(0);
        var calls = 0;
        var consumer = Consume(async _ =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                await gate.WaitAsync(Token);
            }

            return DeliveryResult.Ack;
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Handled.WaitForAsync(_ => true);
        Broker.Connections[0].CloseChannel(1, 406, "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out");
        await OpenAsync(2);
        await AckedAsync(1);
        gate.Release();
        await Eventually.TrueAsync(() => consumer.Statistics.StaleAcks == 1);
        Assert.Single(Broker.Received.OfType<BasicAck>());
        Assert.Single(Broker.Connections);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Drops_and_counts_a_stale_ack(bool channelOnly)
    {
        // Field lesson 13: a stale ack is a 406, or acks the wrong message (EasyNetQ#1329, java-client#395).
        using var gate = new SemaphoreSlim(0);
        using var second = new SemaphoreSlim(0);
        var calls = 0;
        var consumer = Consume(async _ =>
        {
            await (Interlocked.Increment(ref calls) == 1 ? gate : second).WaitAsync(Token);
            return DeliveryResult.Ack;
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        Broker.Enqueue(Name, "b");
        await Handled.WaitForAsync(_ => true);
        if (channelOnly)
        {
            Broker.CancelConsumers(Name);
            Broker.Connections[0].CloseChannel(1, 404, HomeNodeDown);
        }
        else
        {
            Broker.Connections[0].Reset();
        }

        await OpenAsync(2);
        await Handled.WaitForAsync(text => text == "a", count: 2);
        gate.Release();
        await Eventually.TrueAsync(() => consumer.Statistics.StaleAcks == 1);
        Assert.Empty(Broker.Received.OfType<BasicAck>());
        second.Release(2);
        Assert.Equal(["a", "b"], await AckedAsync(2));
        Assert.DoesNotContain(Broker.Received.OfType<ChannelCloseOk>(), method => !channelOnly);
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(3, 2, 0, 0, 1));
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("exchange")]
    [InlineData("queue")]
    [InlineData("binding")]
    [InlineData("qos")]
    [InlineData("consume")]
    public async Task Survives_ten_more_crashes_between_connect_and_consume_ok(string moment)
    {
        // Field lesson 10: a second crash during redeclare ends the consumer (go-rabbitmq#211).
        Consume();
        await OpenAsync();
        var rule = moment switch
        {
            "channel" => Broker.On<ChannelOpen>().Times(10).Reset(),
            "exchange" => Broker.On<ExchangeDeclare>().Times(10).Disconnect(),
            "queue" => Broker.On<QueueDeclare>().Times(10).Reset(),
            "binding" => Broker.On<QueueBind>().Times(10).Disconnect(),
            "qos" => Broker.On<BasicQos>().Times(10).CloseConnection(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'"),
            _ => Broker.On<BasicConsume>().Times(10).Reset(),
        };
        Broker.Connections[0].Reset();
        await Broker.WaitForAsync(_ => rule.Hits == 10, TimeSpan.FromSeconds(30));
        var open = await OpenAsync(2);
        Assert.Equal(11, open.Attempts);
        Assert.Equal([Open, Recovering, Open], Events.Items.Select(change => change.To));
        Broker.Enqueue(Name, "a");
        await AckedAsync(1);
    }

    [Fact]
    public async Task Handles_nothing_before_its_session_was_seen_to_be_open()
    {
        using var gate = new ManualResetEventSlim();
        Consume(Cluster with
        {
            OnSessionEvent = change =>
            {
                Events.Add(change);
                gate.Wait(Token);
            },
        });
        Broker.Enqueue(Name + ".makes-no-difference", "a");
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await Broker.WaitForAsync(broker => broker.Queue(Name).Unacknowledged.Count == 1);
        Assert.Empty(Handled.Items);
        gate.Set();
        await AckedAsync(1);
    }

    [Fact]
    public async Task Shows_each_delivery_with_its_session_and_generation()
    {
        var seen = new Recorder<(int Session, int Generation, bool Redelivered, string? Id)>();
        Consume(delivery =>
        {
            seen.Add((delivery.Session, delivery.Generation, delivery.Redelivered, delivery.MessageId));
            return new(DeliveryResult.Ack);
        });
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties { MessageId = "1" });
        await AckedAsync(1);
        Broker.OpenConnections[0].Reset();
        await OpenAsync(2);
        Broker.Enqueue(Name, "b");
        await AckedAsync(2);
        Assert.Equal([(0, 1, false, "1"), (0, 2, false, null)], seen.Items);
    }
}
