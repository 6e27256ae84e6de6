using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>Deliveries, and what a client says to them.</summary>
public sealed class ConsumeTests : ClientTest
{
    [Fact]
    public async Task Delivers_with_tag_number_and_place_of_origin()
    {
        Broker.Enqueue(Queue, "x", new() { MessageId = "m" });
        using var client = await OpenAsync(Broker);
        await client.CallAsync(1, 60, 20, [0, 0, .. ShortString(Queue), .. ShortString("tag"), 0, 0, 0, 0, 0]);
        Assert.Equal(ShortString("tag"), await client.ExpectAsync(1, 60, 21));
        Assert.Equal([.. ShortString("tag"), .. LongLong(1), 0, .. ShortString(""), .. ShortString(Queue)], await client.ExpectAsync(1, 60, 60));
        Assert.Equal([0, 60, 0, 0, .. LongLong(1), 0, 0x80, .. ShortString("m")], (await client.ReadAsync()).Payload);
        Assert.Equal("x"u8.ToArray(), (await client.ReadAsync()).Payload);
    }

    [Fact]
    public async Task Acks_up_to_a_number()
    {
        var (channel, consumer) = await ConsumeAsync(4);
        await channel.BasicAckAsync(3, multiple: true, Token);
        await Broker.WaitForAsync(broker => broker.Queue(Queue).Acknowledged.Count == 3);
        Assert.Equal(["1", "2", "3"], Broker.Queue(Queue).Acknowledged.Select(message => message.Text));
        Assert.Equal("4", Assert.Single(Broker.Queue(Queue).Unacknowledged).Text);
        Assert.Equal(4, consumer.Deliveries.Count);
    }

    [Fact]
    public async Task Acks_everything_by_number_zero()
    {
        var (channel, _) = await ConsumeAsync(3);
        await channel.BasicAckAsync(0, multiple: true, Token);
        await Broker.WaitForAsync(broker => broker.Queue(Queue).Acknowledged.Count == 3);
        Assert.Empty(Broker.Queue(Queue).Unacknowledged);
    }

    [Fact]
    public async Task Refuses_a_second_ack_of_one_delivery()
    {
        var (channel, _) = await ConsumeAsync(2);
        await channel.BasicAckAsync(1, multiple: false, Token);
        await channel.BasicAckAsync(1, multiple: false, Token);
        await Broker.ReceivedAsync<ChannelCloseOk>();
        Assert.Equal((406, "PRECONDITION_FAILED - unknown delivery tag 1"), (channel.CloseReason!.ReplyCode, channel.CloseReason.ReplyText));
        Assert.Equal("2", Assert.Single(Broker.Queue(Queue).Ready).Text); // a closed channel gives back what it held
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Delivers_what_is_put_back_again_in_its_place(bool isReject)
    {
        var (channel, consumer) = await ConsumeAsync(3, prefetch: 2);
        if (isReject)
        {
            await channel.BasicRejectAsync(1, requeue: true, Token);
        }
        else
        {
            await channel.BasicNackAsync(1, multiple: false, requeue: true, Token);
        }

        await consumer.WaitForAsync(3);
        Assert.Equal(["1", "2", "1"], Bodies(consumer)); // and not the third, which is behind it
        Assert.Equal([false, false, true], consumer.Deliveries.Select(delivery => delivery.Redelivered));
        Assert.Equal("3", Assert.Single(Broker.Queue(Queue).Ready).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Forgets_what_is_refused_for_good(bool isReject)
    {
        var (channel, consumer) = await ConsumeAsync(2, prefetch: 1);
        if (isReject)
        {
            await channel.BasicRejectAsync(1, requeue: false, Token);
        }
        else
        {
            await channel.BasicNackAsync(1, multiple: false, requeue: false, Token);
        }

        await consumer.WaitForAsync(2);
        var queue = Broker.Queue(Queue);
        Assert.Equal(["2"], queue.Unacknowledged.Select(message => message.Text));
        Assert.Empty(queue.Ready.Concat(queue.Acknowledged).Concat(queue.Dropped));
    }

    [Fact]
    public async Task Nacks_many_at_once()
    {
        var (channel, consumer) = await ConsumeAsync(3);
        await channel.BasicNackAsync(2, multiple: true, requeue: true, Token);
        await consumer.WaitForAsync(5);
        Assert.Equal(["1", "2", "3", "1", "2"], Bodies(consumer));
    }

    [Fact]
    public async Task Counts_a_delivery_without_acks_as_acknowledged_and_knows_no_prefetch_for_it()
    {
        Fill(3);
        var channel = await OpenChannelAsync();
        await channel.BasicQosAsync(0, 1, global: false, Token);
        var consumer = new RecordingConsumer(channel);
        await channel.BasicConsumeAsync(Queue, autoAck: true, consumer, Token);
        await consumer.WaitForAsync(3);
        Assert.Equal(3, Broker.Queue(Queue).Acknowledged.Count);
        Assert.Empty(Broker.Queue(Queue).Unacknowledged);
    }

    [Fact]
    public async Task Keeps_the_prefetch_of_each_consumer_for_itself()
    {
        Fill(6);
        var channel = await OpenChannelAsync();
        var first = await ConsumeAsync(channel, prefetch: 1);
        var second = await ConsumeAsync(channel, prefetch: 3);
        await first.WaitForAsync(1);
        await second.WaitForAsync(3);
        Assert.Equal((2, 4), (Broker.Queue(Queue).Ready.Count, Broker.Queue(Queue).Unacknowledged.Count));
        Assert.Equal(2, Broker.Queue(Queue).ConsumerTags.Distinct().Count());
    }

    [Fact]
    public async Task Takes_turns_between_consumers()
    {
        Broker.Declare(Queue);
        var first = await ConsumeAsync(await OpenChannelAsync(), prefetch: 10);
        var second = await ConsumeAsync(await OpenChannelAsync(), prefetch: 10);
        Fill(4);
        await first.WaitForAsync(2);
        await second.WaitForAsync(2);
        Assert.Equal(["1", "3"], Bodies(first));
        Assert.Equal(["2", "4"], Bodies(second));
    }

    [Fact]
    public async Task Closes_the_connection_for_a_tag_that_is_taken()
    {
        Fill(0);
        using var client = await OpenAsync(Broker);
        byte[] consume = [0, 0, .. ShortString(Queue), .. ShortString("tag"), 0, 0, 0, 0, 0];
        await client.CallAsync(1, 60, 20, consume);
        await client.ExpectAsync(1, 60, 21);
        await client.CallAsync(1, 60, 20, consume);
        Assert.Equal([2, 18, .. ShortString("NOT_ALLOWED - attempt to reuse consumer tag 'tag'")], (await client.ExpectAsync(0, 10, 50))[..^4]);
    }

    [Fact]
    public async Task Has_no_consumer_for_a_queue_that_is_not_there()
    {
        var channel = await OpenChannelAsync();
        var exception = await Assert.ThrowsAsync<OperationInterruptedException>(() => ConsumeAsync(channel, prefetch: 1));
        Assert.Equal((404, "NOT_FOUND - no queue 'q' in vhost '/'"), (exception.ShutdownReason!.ReplyCode, exception.ShutdownReason.ReplyText));
    }

    [Fact]
    public async Task Delivers_nothing_more_after_a_cancel_and_still_takes_acks()
    {
        var (channel, consumer) = await ConsumeAsync(1);
        await channel.BasicCancelAsync(consumer.ConsumerTags.Single(), cancellationToken: Token);
        Assert.Empty(Broker.Queue(Queue).ConsumerTags);
        Broker.Enqueue(Queue, "later");
        await channel.BasicAckAsync(1, multiple: false, Token);
        await Broker.WaitForAsync(broker => broker.Queue(Queue).Acknowledged.Count == 1);
        Assert.Equal("later", Assert.Single(Broker.Queue(Queue).Ready).Text);
    }

    [Fact]
    public async Task Gets_one_by_one_and_tells_how_many_are_left()
    {
        Fill(2);
        var channel = await OpenChannelAsync();
        var first = await channel.BasicGetAsync(Queue, autoAck: false, Token);
        Assert.Equal((1ul, false, 1u, ""), (first!.DeliveryTag, first.Redelivered, first.MessageCount, first.Exchange));
        await channel.BasicNackAsync(1, multiple: false, requeue: true, Token);
        var again = await channel.BasicGetAsync(Queue, autoAck: true, Token);
        Assert.Equal((2ul, true, 1u), (again!.DeliveryTag, again.Redelivered, again.MessageCount));
        Assert.NotNull(await channel.BasicGetAsync(Queue, autoAck: true, Token));
        Assert.Null(await channel.BasicGetAsync(Queue, autoAck: true, Token));
    }

    [Fact]
    public async Task Gives_back_what_a_closed_channel_held()
    {
        var (channel, _) = await ConsumeAsync(2);
        await channel.CloseAsync(Token);
        Assert.Equal(["1", "2"], Broker.Queue(Queue).Ready.Select(message => message.Text));
        Assert.Empty(Broker.Queue(Queue).ConsumerTags);
        Assert.True(Connections[0].IsOpen);
    }

    [Fact]
    public async Task Tells_on_a_quorum_queue_alone_how_often_a_message_came_back()
    {
        Broker.Declare(Queue, QuorumQueue);
        Broker.Declare("classic");
        Fill(1);
        Broker.Enqueue("classic", "1");
        var channel = await OpenChannelAsync();
        foreach (var queue in (string[])[Queue, "classic"])
        {
            var got = await channel.BasicGetAsync(queue, autoAck: false, Token);
            Assert.Null(got!.BasicProperties.Headers);
            await channel.BasicRejectAsync(got.DeliveryTag, requeue: true, Token);
        }

        Assert.Equal(1L, (await channel.BasicGetAsync(Queue, autoAck: true, Token))!.BasicProperties.Headers!["x-delivery-count"]);
        Assert.Null((await channel.BasicGetAsync("classic", autoAck: true, Token))!.BasicProperties.Headers);
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 10)]
    public async Task Drops_what_came_back_beyond_the_limit_as_its_version_counts(bool countsPutBack, int deliveries)
    {
        await using var broker = ScriptedBroker.Start(new() { DeliveryLimit = 2, CountsPutBack = countsPutBack });
        broker.Declare(Queue, QuorumQueue);
        broker.Enqueue(Queue, "x");
        using var client = await OpenAsync(broker);
        for (var i = 1; i <= deliveries; i++)
        {
            await client.CallAsync(1, 60, 70, [0, 0, .. ShortString(Queue), 0]);
            await client.ExpectAsync(1, 60, 71);
            await client.ReadAsync();
            await client.ReadAsync();
            await client.CallAsync(1, 60, 90, [.. LongLong((ulong)i), 1]);
        }

        await client.ExpectNothingElseAsync();
        Assert.Equal((countsPutBack ? 0 : 1, countsPutBack ? 1 : 0), (broker.Queue(Queue).Ready.Count, broker.Queue(Queue).Dropped.Count));
    }

    [Fact]
    public async Task Counts_what_a_lost_connection_brings_back_in_every_version()
    {
        await using var broker = ScriptedBroker.Start(new() { DeliveryLimit = 1, CountsPutBack = false });
        broker.Declare(Queue, QuorumQueue);
        broker.Enqueue(Queue, "x");
        await LoseDeliveryAsync();
        Assert.Single(broker.Queue(Queue).Ready);
        await LoseDeliveryAsync();
        Assert.Single(broker.Queue(Queue).Dropped);
        Assert.Empty(broker.Queue(Queue).Ready);

        async Task LoseDeliveryAsync()
        {
            using var client = await OpenAsync(broker);
            await client.CallAsync(1, 60, 70, [0, 0, .. ShortString(Queue), 0]);
            await client.ExpectAsync(1, 60, 71);
            broker.Connections[^1].Reset();
        }
    }

    [Fact]
    public async Task Cancels_the_consumers_of_a_queue_that_is_deleted_unless_it_goes_silently()
    {
        Fill(0);
        var told = await ConsumeAsync(await OpenChannelAsync(), prefetch: 1);
        Broker.DeleteQueue(Queue);
        await told.Cancelled;

        Fill(0);
        var channel = await OpenChannelAsync();
        var untold = await ConsumeAsync(channel, prefetch: 1);
        Broker.DeleteQueueSilently(Queue);
        await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync(Queue, Token)); // its answer would come after a cancel
        Assert.Equal(TaskStatus.WaitingForActivation, untold.Cancelled.Status);
    }

    [Fact]
    public async Task Swallows_deliveries_and_believes_that_they_arrived()
    {
        Fill(1);
        using var client = await OpenAsync(Broker);
        Broker.Connections[0].SwallowsDeliveries = true;
        await client.CallAsync(1, 60, 20, [0, 0, .. ShortString(Queue), .. ShortString(""), 0, 0, 0, 0, 0]);
        await client.ExpectAsync(1, 60, 21);
        await client.ExpectNothingElseAsync();
        Assert.Single(Broker.Queue(Queue).Unacknowledged);
    }

    private static IEnumerable<string> Bodies(RecordingConsumer consumer) =>
        consumer.Deliveries.Select(delivery => System.Text.Encoding.UTF8.GetString(delivery.Body.Span));

    private void Fill(int count)
    {
        if (!Broker.IsBound(Queue, Queue, Queue))
        {
            Broker.Declare(Queue);
        }

        for (var i = 1; i <= count; i++)
        {
            Broker.Enqueue(Queue, $"{i}");
        }
    }

    /// <summary>A consumer that has got so many messages, or as many as it may.</summary>
    private async Task<(IChannel Channel, RecordingConsumer Consumer)> ConsumeAsync(int count, ushort prefetch = 100)
    {
        Fill(count);
        var channel = await OpenChannelAsync();
        var consumer = await ConsumeAsync(channel, prefetch);
        await consumer.WaitForAsync(Math.Min(count, prefetch));
        return (channel, consumer);
    }
}
