using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// A classic queue is declared as one: a virtual host may make every other queue a quorum queue (rabbitmq-server PR#12109, spring-amqp PR#3356).
/// </summary>
public sealed class QueueTypeTests : BrokerTest
{
    private ClusterOptions Classic => Cluster with { Topology = Topology.Named(Name) with { QueueType = QueueType.Classic } };

    [Fact]
    public async Task Declares_the_type_of_a_classic_queue()
    {
        Consume(Classic);
        await OpenAsync();
        Assert.All(Broker.Received.OfType<QueueDeclare>(), declare => Assert.Equal("classic", declare.Arguments["x-queue-type"]));
    }

    [Fact]
    public async Task Declares_the_type_of_the_parked_queue_as_well()
    {
        Broker.Enqueue(Name, "bad");
        Consume(_ => new(DeliveryResult.Park("bad")), Classic);
        await Broker.WaitForAsync(broker => broker.Queue($"{Name}.parked").Ready.Count == 1);
        Assert.Contains(
            Broker.Received.OfType<QueueDeclare>(),
            declare => declare.Queue == $"{Name}.parked" && Equals(declare.Arguments["x-queue-type"], "classic"));
    }

    [Fact]
    public async Task Takes_a_classic_queue_that_others_declared_without_naming_its_type()
    {
        Broker.Declare(Name);
        Consume(Classic);
        await OpenAsync();
        Assert.Equal([SessionState.Open], Events.Items.Select(change => change.To));
    }

    [Fact]
    public async Task Refuses_a_queue_of_the_other_type()
    {
        Broker.Declare(Name, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        var consumer = Consume(Classic);
        var failure = await Assert.ThrowsAsync<ClusterSessionException>(() => consumer.Completion);
        Assert.Equal(FailureKind.InequivalentArguments, failure.Failure.Kind);
    }
}
