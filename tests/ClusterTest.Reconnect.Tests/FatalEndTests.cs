using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>After a fatal end everything that a producer is asked tells of it.</summary>
public sealed class FatalEndTests : BrokerTest
{
    [Fact]
    public async Task StopAsync_lists_what_was_unconfirmed_when_the_producer_ended()
    {
        var producer = await EndedAsync(["a", "b"]);
        Assert.Equal(["a", "b"], await producer.StopAsync());
        Assert.Equal(["a", "b"], await producer.StopAsync());
    }

    [Fact]
    public async Task PublishAsync_tells_the_cause_of_the_end()
    {
        var producer = await EndedAsync(["a"]);
        var failure = await Assert.ThrowsAsync<ClusterSessionException>(() => producer.Completion);
        await producer.StopAsync();
        var ended = Assert.Throws<ObjectDisposedException>(() => { _ = producer.PublishAsync(Message("b"), Token); });
        Assert.Same(failure, ended.InnerException);
        Assert.Contains(failure.Message, ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAsync_tells_the_cause_also_to_who_does_not_wait_for_the_end()
    {
        Broker.On<QueueDeclare>().CloseChannel(406, "PRECONDITION_FAILED - inequivalent arg 'x-queue-type'");
        var producer = Produce();
        ObjectDisposedException? ended = null;
        await Eventually.TrueAsync(() => (ended = Publish(producer)) is not null);
        Assert.Equal(FailureKind.InequivalentArguments, Assert.IsType<ClusterSessionException>(ended!.InnerException).Failure.Kind);
    }

    private static ObjectDisposedException? Publish(ClusterProducer producer)
    {
        try
        {
            _ = producer.PublishAsync(Message("a"), Token);
            return null;
        }
        catch (ObjectDisposedException ended)
        {
            return ended;
        }
    }

    private async Task<ClusterProducer> EndedAsync(string[] ids)
    {
        var withheld = Broker.On<QueueDeclare>().Withhold();
        var producer = Produce();
        var publishes = ids.Select(id => producer.PublishAsync(Message(id), Token)).ToList();
        await Broker.WaitForAsync(_ => withheld.Hits == 1);
        var declare = Broker.Received.OfType<QueueDeclare>().Single();
        declare.Connection.CloseChannel(declare.Channel, 406, "PRECONDITION_FAILED - inequivalent arg 'x-queue-type'");
        Assert.All(await Task.WhenAll(publishes), result => Assert.Equal(PublishOutcome.NotSent, result.Outcome));
        return producer;
    }
}
