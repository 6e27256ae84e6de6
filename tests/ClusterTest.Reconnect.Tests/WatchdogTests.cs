using ClusterTest.Reconnect.Tests.Support;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>A timer's callback runs on a thread of its own, and what it throws ends the user's program: it must find its object whole.</summary>
public sealed class WatchdogTests : BrokerTest
{
    private ClusterOptions Hasty => Cluster with { TimeProvider = new HastyTime() };

    [Fact]
    public async Task Looks_at_no_producer_that_is_not_built_yet()
    {
        await using var producer = Produce(Hasty);
        Assert.Equal(PublishOutcome.Confirmed, (await producer.PublishAsync(Message("one"), Token)).Outcome);
        Assert.Single(Broker.Connections);
    }

    [Fact]
    public async Task Looks_at_no_consumer_that_is_not_built_yet()
    {
        Consume(Hasty);
        await OpenAsync();
        Assert.Single(Broker.Connections);
    }
}
