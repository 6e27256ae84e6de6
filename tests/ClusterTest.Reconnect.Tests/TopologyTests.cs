using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class TopologyTests
{
    private static readonly string Longest = new('ä', 127); // 254 bytes of UTF-8

    [Fact]
    public void Uses_one_name_for_all_and_a_quorum_queue()
    {
        var topology = Topology.Named("n");
        topology.Validate();
        Assert.Equal(("n", "n", "n", QueueType.Quorum), (topology.Exchange, topology.Queue, topology.RoutingKey, topology.QueueType));
    }

    [Fact]
    public void Counts_bytes_and_not_characters()
    {
        Topology.Named(Longest + "a").Validate();
        Assert.Throws<ArgumentException>(() => Topology.Named(Longest + "ab").Validate());
        Assert.Throws<ArgumentException>("RoutingKey", () => (Topology.Named("n") with { RoutingKey = Longest + "ä" }).Validate());
    }

    [Fact]
    public void Takes_an_empty_routing_key_but_no_other_empty_name()
    {
        (Topology.Named("n") with { RoutingKey = "" }).Validate();
        Assert.Throws<ArgumentException>("Exchange", () => (Topology.Named("n") with { Exchange = "" }).Validate());
        Assert.Throws<ArgumentException>("Queue", () => (Topology.Named("n") with { Queue = "" }).Validate());
    }
}
