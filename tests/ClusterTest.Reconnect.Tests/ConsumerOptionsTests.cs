using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class ConsumerOptionsTests
{
    private static readonly ConsumerOptions Valid = new() { Cluster = new() { Endpoints = [new("h", 5672)], Topology = Topology.Named("q") } };

    [Fact]
    public void Parks_beside_the_queue_unless_told_otherwise()
    {
        Valid.Validate();
        Assert.Equal("q.parked", Valid.ParkedQueueName);
        Assert.Equal("p", (Valid with { ParkedQueue = "p" }).ParkedQueueName);
    }

    [Fact]
    public void Never_consumes_without_a_limit() => Assert.Throws<ArgumentOutOfRangeException>("Prefetch", () => (Valid with { Prefetch = 0 }).Validate());

    [Fact]
    public void Parks_well_before_a_quorum_queue_of_RabbitMQ_4_drops()
    {
        Assert.InRange(Valid.DeliveryLimit, 1, 19);
        Assert.Throws<ArgumentOutOfRangeException>("DeliveryLimit", () => (Valid with { DeliveryLimit = 0 }).Validate());
    }

    [Fact]
    public void Acks_a_quarter_of_the_prefetch_together_unless_told_otherwise()
    {
        Assert.Equal(25, Valid.AckBatchSize);
        Assert.Equal(1, (Valid with { Prefetch = 3 }).AckBatchSize);
        Assert.Equal(100, (Valid with { AckBatch = 100 }).AckBatchSize);
        (Valid with { AckBatch = 1 }).Validate();
        Assert.Throws<ArgumentOutOfRangeException>("AckBatch", () => (Valid with { AckBatch = 0 }).Validate());
        Assert.Throws<ArgumentOutOfRangeException>("AckBatch", () => (Valid with { AckBatch = 101 }).Validate());
    }

    [Fact]
    public void Asks_from_time_to_time_or_never()
    {
        (Valid with { IdleCheckInterval = Timeout.InfiniteTimeSpan }).Validate();
        Assert.Throws<ArgumentOutOfRangeException>("IdleCheckInterval", () => (Valid with { IdleCheckInterval = TimeSpan.Zero }).Validate());
        Assert.Throws<ArgumentOutOfRangeException>("IdleCheckInterval", () => (Valid with { IdleCheckInterval = TimeSpan.FromDays(30) }).Validate());
    }

    [Fact]
    public void Never_parks_in_the_queue_it_consumes_from() =>
        Assert.Throws<ArgumentException>("ParkedQueue", () => (Valid with { ParkedQueue = "q" }).Validate());

    [Fact]
    public void Checks_the_names_that_go_over_the_wire()
    {
        Assert.Throws<ArgumentException>("ParkedQueue", () => (Valid with { ParkedQueue = "" }).Validate());
        var longName = Valid.Cluster with { Topology = Topology.Named(new('x', 250)) };
        Assert.Throws<ArgumentException>("ParkedQueue", () => (Valid with { Cluster = longName }).Validate());
        Assert.Throws<ArgumentException>("ConsumerTag", () => (Valid with { ConsumerTag = new('x', 256) }).Validate());
    }

    [Fact]
    public void Is_checked_before_anything_starts() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterConsumer.Start(Valid with { Prefetch = 0 }, (_, _) => new(DeliveryResult.Ack)));
}
