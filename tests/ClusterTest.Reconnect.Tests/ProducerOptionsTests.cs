using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class ProducerOptionsTests
{
    private static readonly ProducerOptions Valid = new() { Cluster = new() { Endpoints = [new("h", 5672)], Topology = Topology.Named("q") } };

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1_000_000, true)]
    [InlineData(1_000_001, false)]
    public void Bounds_the_window(int window, bool isValid)
    {
        var options = Valid with { Window = window };
        if (isValid)
        {
            options.Validate();
        }
        else
        {
            Assert.Throws<ArgumentOutOfRangeException>("Window", options.Validate);
        }
    }

    [Fact]
    public void Needs_a_deadline_for_each_publish()
    {
        Valid.Validate();
        Assert.Throws<ArgumentOutOfRangeException>("PublishTimeout", () => (Valid with { PublishTimeout = TimeSpan.Zero }).Validate());
        Assert.Throws<ArgumentOutOfRangeException>("PublishTimeout", () => (Valid with { PublishTimeout = Timeout.InfiniteTimeSpan }).Validate());
    }

    [Fact]
    public void Is_checked_before_anything_starts() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ClusterProducer.Start(Valid with { Cluster = Valid.Cluster with { Sessions = 0 } }));
}
