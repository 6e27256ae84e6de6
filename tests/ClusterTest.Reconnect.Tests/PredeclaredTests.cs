using ClusterTest.Reconnect.Internal;
using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Failures;
using ClusterTest.Reconnect.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;
using ScriptedAmqp;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class PredeclaredTests : BrokerTest
{
    [Theory]
    [InlineData(
        FailureKind.NotFound,
        "the queue is gone or its node is down (404 NOT_FOUND - no queue 'q' in vhost '/')",
        "Declare it, or leave out Topology.Predeclared")]
    [InlineData(FailureKind.NotFound, "the exchange is gone (404 NOT_FOUND - no exchange 'q' in vhost '/')", "Declare it, or leave out Topology.Predeclared")]
    [InlineData(
        FailureKind.NotFound,
        "the queue is gone or its node is down (404 NOT_FOUND - home node 'rabbit@b' of durable queue 'q' in vhost '/' is down or inaccessible)",
        "")]
    [InlineData(FailureKind.NotFound, "the queue is gone or its node is down (404 NOT_FOUND - queue 'q' in vhost '/' process is stopped by supervisor)", "")]
    [InlineData(FailureKind.MessageReturned, "no queue took a message", "Declare the queue, and bind it to the exchange with this routing key")]
    public void Advises_to_declare_only_what_is_not_there(FailureKind kind, string message, string advice)
    {
        var declarations = new Declarations(Predeclared, new CleanUp(TimeProvider.System, NullLogger.Instance), NullLogger.Instance);
        var advised = declarations.Advise(NewFailure.Channel(kind, message)).Advice;
        Assert.StartsWith(advice, advised, StringComparison.Ordinal);
        Assert.Equal(advice.Length is 0, advised.Length is 0);
    }

    private ClusterOptions Predeclared => Cluster with { Topology = Topology.Named(Name) with { Predeclared = true } };

    [Fact]
    public async Task Uses_what_others_declared_with_arguments_of_their_own_and_declares_nothing()
    {
        await DeclareAsync(Name, Name + ".parked");
        Consume(delivery => new(delivery.MessageId == "bad" ? DeliveryResult.Park("bad") : DeliveryResult.Ack), Predeclared);
        await OpenAsync();
        var producer = Produce(Predeclared with { OnSessionEvent = null });
        Assert.True((await producer.PublishAsync(Message("good"), Token)).IsConfirmed);
        Assert.True((await producer.PublishAsync(Message("bad"), Token)).IsConfirmed);
        Assert.Equal(["bad", "good"], (await AckedAsync(2)).Order());
        Assert.Single(Broker.Queue(Name + ".parked").Ready);
        var ours = Broker.Received.Where(method => method.Connection.Number > 1).ToList();
        Assert.DoesNotContain(ours, method => method is ExchangeDeclare or QueueBind or QueueDeclare);
        Assert.NotEmpty(ours);
    }

    [Fact]
    public async Task Waits_for_a_queue_that_is_not_there_and_names_the_option()
    {
        Consume(Predeclared);
        var waiting = await Events.WaitForAsync(change => change.To == Recovering);
        Assert.Equal((FailureKind.NotFound, FailureSeverity.Transient, (ushort?)404), (waiting.Cause!.Kind, waiting.Cause.Severity, waiting.Cause.ReplyCode));
        Assert.Equal("Declare it, or leave out Topology.Predeclared, and this client declares it.", waiting.Cause.Advice);
        await DeclareAsync(Name);
        await OpenAsync();
        Assert.Equal([Recovering, Open], Events.Items.Select(change => change.To));
    }

    private async Task DeclareAsync(params string[] queues)
    {
        var factory = new ConnectionFactory { HostName = ScriptedBroker.Host, Port = Broker.Port };
        await using var connection = await factory.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await channel.ExchangeDeclareAsync(Name, ExchangeType.Direct, durable: true, cancellationToken: Token);
        foreach (var queue in queues)
        {
            var arguments = new Dictionary<string, object?> { ["x-single-active-consumer"] = true };
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Token);
        }

        await channel.QueueBindAsync(Name, Name, Name, cancellationToken: Token);
    }
}
