using ClusterTest.Events;
using NullAmqp;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace ScriptedAmqp.Tests.NullBroker;

/// <summary>The peer of the benchmarks: it says what a broker would, to a real client, and counts right.</summary>
public sealed class NullBrokerTests
{
    private const int Count = 10_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(300_000)]
    public async Task Confirms_each_message_once_and_in_order(int size)
    {
        var count = size > 1000 ? Count / 100 : Count;
        using var server = new NullServer(new NullBrokerOptions());
        await using var connection = await ConnectAsync(server);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, false), Token);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = 0ul;
        channel.BasicAcksAsync += (_, ack) =>
        {
            Assert.True(ack.DeliveryTag > last && (ack.Multiple || ack.DeliveryTag == last + 1));
            last = ack.DeliveryTag;
            if (last == (ulong)count)
            {
                all.SetResult();
            }

            return Task.CompletedTask;
        };
        await channel.ExchangeDeclareAsync("e", ExchangeType.Direct, durable: true, cancellationToken: Token);
        await channel.QueueDeclareAsync("q", durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        await channel.QueueBindAsync("q", "e", "k", cancellationToken: Token);
        for (var i = 0; i < count; i++)
        {
            await channel.BasicPublishAsync("e", "k", mandatory: true, new byte[size], Token);
        }

        await all.Task.WaitAsync(Token);
        Assert.Equal(count, server.Totals.Confirmed);
        await channel.CloseAsync(Token);
        await connection.CloseAsync(Token);
    }

    [Theory]
    [InlineData(1, 256, false)]
    [InlineData(25, 256, true)]
    [InlineData(25, 500_000, true)]
    public async Task Delivers_up_to_the_prefetch_and_more_with_each_ack(int acksEach, int size, bool isSealed)
    {
        const ushort prefetch = 100;
        var count = size > 1000 ? prefetch * 2 : Count;
        using var server = new NullServer(new NullBrokerOptions { BodySize = size, IsSealed = isSealed });
        await using var connection = await ConnectAsync(server);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await channel.BasicQosAsync(0, prefetch, global: false, Token);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var consumer = new AsyncEventingBasicConsumer(channel);
        var received = 0;
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            if (received == count)
            {
                return;
            }

            try
            {
                Check(delivery, ++received, size, isSealed);
            }
            catch (Exception exception)
            {
                all.TrySetException(exception);
                throw;
            }

            if (received % acksEach == 0)
            {
                await channel.BasicAckAsync(delivery.DeliveryTag, acksEach > 1, Token);
            }

            if (received == count)
            {
                all.SetResult();
            }
        };
        var tag = await channel.BasicConsumeAsync("q", autoAck: false, consumer, Token);
        await all.Task.WaitAsync(Token);
        await channel.BasicCancelAsync(tag, cancellationToken: Token);
        await channel.CloseAsync(Token);
        await connection.CloseAsync(Token);
        Assert.Equal(count, server.Totals.Settled);
        Assert.InRange(server.Totals.Delivered, count, count + prefetch); // the cancel may have come together with the last ack
    }

    [Fact]
    public async Task Refuses_what_no_benchmark_needs()
    {
        using var server = new NullServer(new NullBrokerOptions());
        await using var connection = await ConnectAsync(server);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        var refused = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.TxSelectAsync(Token));
        Assert.Equal(Constants.NotImplemented, refused.ShutdownReason!.ReplyCode);
    }

    [Fact]
    public void Settles_a_tag_once_alone_or_with_all_before_it()
    {
        var window = new UnackedWindow();
        for (var i = 0; i < 300_000; i++)
        {
            window.Add();
            window.Add();
            Assert.Equal(1, window.Settle(window.Last, multiple: false));
            Assert.Equal(0, window.Settle(window.Last, multiple: false));
            Assert.Equal(1, window.Settle(window.Last, multiple: true));
        }

        window.Add();
        window.Add();
        Assert.Equal((2, 0), (window.Settle(0, multiple: true), window.Count));
    }

    private static Task<IConnection> ConnectAsync(NullServer server) =>
        new ConnectionFactory { HostName = "127.0.0.1", Port = server.Port, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Token);

    private static void Check(BasicDeliverEventArgs delivery, int number, int size, bool isSealed)
    {
        var origin = MessageOrigin.Of(delivery.BasicProperties.Headers);
        Assert.Equal(((ulong)number, (long?)number), (delivery.DeliveryTag, origin.Sequence));
        Assert.EndsWith($"{number:D12}", delivery.BasicProperties.MessageId, StringComparison.Ordinal);
        Assert.Equal(size, delivery.Body.Length);
        Assert.True(TestMessage.TryRead(delivery.Body.Span, out var message, out var error), error);
        Assert.Equal(isSealed, message.Digest is not null);
        Assert.Null(message.FindDamage(origin));
    }
}
