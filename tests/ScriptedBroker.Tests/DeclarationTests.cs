using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ScriptedAmqp.Tests.Support;
using Xunit;

namespace ScriptedAmqp.Tests;

/// <summary>Exchanges, queues and bindings: what is there, what is refused, and in which words.</summary>
public sealed class DeclarationTests : ClientTest
{
    private static readonly Dictionary<string, object?> ClassicQueue = new() { ["x-queue-type"] = "classic" };

    [Fact]
    public async Task Declares_a_queue_again_and_tells_its_messages_and_consumers()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var consumer = await ConsumeAsync(channel, prefetch: 1);
        Broker.Enqueue(Queue, "1");
        Broker.Enqueue(Queue, "2");
        Broker.Enqueue(Queue, "3");
        await consumer.WaitForAsync(1);
        var ok = await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, QuorumQueue, cancellationToken: Token);
        Assert.Equal((Queue, 2u, 1u), (ok.QueueName, ok.MessageCount, ok.ConsumerCount));
    }

    [Theory]
    [InlineData(
        "x-queue-type",
        "classic",
        "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received 'classic' but current is 'quorum'")]
    [InlineData("x-max-length", 10, "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received '10' but current is none")]
    public async Task Refuses_other_arguments_for_a_queue_and_keeps_the_connection(string name, object value, string text)
    {
        await DeclareAsync(await OpenChannelAsync());
        var channel = await OpenChannelAsync();
        var arguments = new Dictionary<string, object?>(QuorumQueue) { [name] = value };
        var exception = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
            channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Token));
        Assert.Equal((406, text), (exception.ShutdownReason!.ReplyCode, exception.ShutdownReason.ReplyText));
        Assert.True(Connections[1].IsOpen);
        await using var next = await Connections[1].CreateChannelAsync(cancellationToken: Token);
    }

    [Fact]
    public async Task Refuses_another_durability()
    {
        var channel = await OpenChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        var exception = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
            channel.QueueDeclareAsync(Queue, durable: false, exclusive: false, autoDelete: false, cancellationToken: Token));
        Assert.Contains(
            "'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
            exception.ShutdownReason!.ReplyText,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_queue_without_a_type_for_a_classic_one()
    {
        var channel = await OpenChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, ClassicQueue, cancellationToken: Token);
        Assert.True(channel.IsOpen);
    }

    [Fact]
    public async Task Refuses_another_type_of_an_exchange()
    {
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeclareAsync("e", ExchangeType.Direct, durable: true, cancellationToken: Token);
        var exception = await Assert.ThrowsAsync<OperationInterruptedException>(() =>
            channel.ExchangeDeclareAsync("e", ExchangeType.Fanout, durable: true, cancellationToken: Token));
        Assert.Equal(
            "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'e' in vhost '/': received 'fanout' but current is 'direct'",
            exception.ShutdownReason!.ReplyText);
    }

    [Fact]
    public async Task Finds_passively_what_is_there_alone()
    {
        Broker.Declare("there");
        var channel = await OpenChannelAsync();
        await channel.QueueDeclarePassiveAsync("there", Token);
        await channel.ExchangeDeclarePassiveAsync("there", Token);

        var queue = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueDeclarePassiveAsync("nowhere", Token));
        Assert.Equal("NOT_FOUND - no queue 'nowhere' in vhost '/'", queue.ShutdownReason!.ReplyText);
        var another = await OpenChannelAsync();
        var exchange = await Assert.ThrowsAsync<OperationInterruptedException>(() => another.ExchangeDeclarePassiveAsync("nowhere", Token));
        Assert.Equal("NOT_FOUND - no exchange 'nowhere' in vhost '/'", exchange.ShutdownReason!.ReplyText);
        Assert.False(Broker.IsBound("nowhere", "nowhere", "nowhere"));
    }

    [Fact]
    public async Task Names_queues_that_come_without_a_name()
    {
        var channel = await OpenChannelAsync();
        var first = await channel.QueueDeclareAsync("", cancellationToken: Token);
        var second = await channel.QueueDeclareAsync("", cancellationToken: Token);
        Assert.StartsWith("amq.gen-", first.QueueName, StringComparison.Ordinal);
        Assert.NotEqual(first.QueueName, second.QueueName);
        await channel.QueueDeclarePassiveAsync(second.QueueName, Token);
    }

    [Theory]
    [InlineData("q", "nowhere", "NOT_FOUND - no exchange 'nowhere' in vhost '/'")]
    [InlineData("nowhere", "q", "NOT_FOUND - no queue 'nowhere' in vhost '/'")]
    public async Task Binds_nothing_to_what_is_not_there(string queue, string exchange, string text)
    {
        Broker.Declare(Queue);
        var channel = await OpenChannelAsync();
        var exception = await Assert.ThrowsAsync<OperationInterruptedException>(() => channel.QueueBindAsync(queue, exchange, "k", cancellationToken: Token));
        Assert.Equal((404, text), (exception.ShutdownReason!.ReplyCode, exception.ShutdownReason.ReplyText));
    }

    [Fact]
    public async Task Routes_by_the_key_or_to_all_and_once_to_each_queue()
    {
        var channel = await OpenChannelAsync();
        await channel.ExchangeDeclareAsync("all", ExchangeType.Fanout, durable: true, cancellationToken: Token);
        await channel.ExchangeDeclareAsync("one", ExchangeType.Direct, durable: true, cancellationToken: Token);
        foreach (var (queue, key) in (IEnumerable<(string, string)>)[("a", "a"), ("a", "x"), ("b", "b")])
        {
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
            await channel.QueueBindAsync(queue, "all", key, cancellationToken: Token);
            await channel.QueueBindAsync(queue, "one", key, cancellationToken: Token);
        }

        await channel.BasicPublishAsync("all", "whatever", "1"u8.ToArray(), Token);
        await channel.BasicPublishAsync("one", "x", "2"u8.ToArray(), Token);
        await channel.BasicPublishAsync("one", "b", "3"u8.ToArray(), Token);
        Assert.Equal(["1", "2"], Broker.Queue("a").Ready.Select(message => message.Text));
        Assert.Equal(["1", "3"], Broker.Queue("b").Ready.Select(message => message.Text));
    }

    [Fact]
    public async Task Routes_no_longer_once_it_is_unbound()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        Assert.True(Broker.IsBound("e", "k", Queue));
        await channel.QueueUnbindAsync(Queue, "e", "k", cancellationToken: Token);
        Assert.False(Broker.IsBound("e", "k", Queue));
        await Assert.ThrowsAsync<PublishReturnException>(async () => await PublishAsync(channel, "x"));

        await DeclareAsync(channel);
        Broker.Unbind("e", "k", Queue); // by an operator
        await Assert.ThrowsAsync<PublishReturnException>(async () => await PublishAsync(channel, "x"));
        Assert.Empty(Broker.Queue(Queue).Ready);
    }

    [Fact]
    public async Task Counts_what_it_purges_and_deletes()
    {
        Broker.Declare(Queue);
        var channel = await OpenChannelAsync();
        Broker.Enqueue(Queue, "1");
        Broker.Enqueue(Queue, "2");
        Assert.Equal(2u, await channel.QueuePurgeAsync(Queue, Token));
        Assert.Empty(Broker.Queue(Queue).Ready);

        Broker.Enqueue(Queue, "3");
        Assert.Equal(1u, await channel.QueueDeleteAsync(Queue, cancellationToken: Token));
        Assert.False(Broker.IsBound(Queue, Queue, Queue));
        Assert.Equal(0u, await channel.QueueDeleteAsync(Queue, cancellationToken: Token)); // succeeds all the same
    }

    [Fact]
    public async Task Does_what_an_operator_does_and_tells_nobody()
    {
        Broker.Declare("orders", QuorumQueue);
        Assert.True(Broker.IsBound("orders", "orders", "orders"));
        var channel = await OpenChannelAsync();
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, QuorumQueue, cancellationToken: Token);

        Broker.DeleteExchange("orders");
        Assert.False(Broker.IsBound("orders", "orders", "orders"));
        Assert.True(channel.IsOpen);
        await Assert.ThrowsAnyAsync<Exception>(async () => await channel.BasicPublishAsync("orders", "orders", "x"u8.ToArray(), Token));
        Assert.Equal("NOT_FOUND - no exchange 'orders' in vhost '/'", channel.CloseReason!.ReplyText);
    }

    [Fact]
    public async Task Keeps_queues_and_messages_without_any_connection()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        await PublishAsync(channel, "kept");
        await Connections[0].CloseAsync(Token);
        Assert.Equal("kept", Assert.Single(Broker.Queue(Queue).Ready).Text);
        var got = await (await OpenChannelAsync()).BasicGetAsync(Queue, autoAck: true, Token);
        Assert.Equal("kept"u8.ToArray(), got!.Body.ToArray());
    }

    [Fact]
    public void Shows_a_queue_that_nobody_declared_as_empty()
    {
        var queue = Broker.Queue("nobody's");
        Assert.Equal("nobody's", queue.Name);
        Assert.Empty(queue.Ready.Concat(queue.Unacknowledged).Concat(queue.Acknowledged).Concat(queue.Dropped));
        Assert.Empty(queue.ConsumerTags);
    }

    [Fact]
    public async Task Says_of_what_it_does_not_know_that_it_does_not()
    {
        var channel = await OpenChannelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => channel.TxSelectAsync(Token));
        Assert.Equal(540, Connections[0].CloseReason!.ReplyCode);
        var unsupported = Assert.Single(Broker.Received.OfType<UnsupportedMethod>());
        Assert.Equal((90, 10), (unsupported.ClassId, unsupported.MethodId));
    }
}
