using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class QueueListTests
{
    [Fact]
    public void Queues_are_read_with_their_type_and_what_is_in_them() => Assert.Equal(
        [
            new("cluster_test", "quorum", 12),
            new("transient", "classic", 0) { IsDurable = false },
            new("of one client", "classic", 0) { IsExclusive = true },
            new QueueList("of a node that is down", "classic", Messages: null),
        ],
        QueueList.Parse("""
            [
            {"name":"cluster_test","type":"quorum","messages":12,"durable":true,"exclusive":""}
            ,{"name":"transient","type":"classic","messages":0,"durable":false,"exclusive":false}
            ,{"name":"of one client","type":"classic","messages":0,"durable":true,"exclusive":true}
            ,{"name":"of a node that is down","type":"classic","messages":"","durable":true,"exclusive":false}
            ]
            """));

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, false, false)]
    [InlineData(true, true, false)]
    public void Only_a_queue_that_outlives_node_and_clients_is_kept(bool isDurable, bool isExclusive, bool expected) =>
        Assert.Equal(expected, new QueueList("q", "classic", 0) { IsDurable = isDurable, IsExclusive = isExclusive }.IsKept);

    [Fact]
    public void There_may_be_none() => Assert.Empty(QueueList.Parse("[\n]"));
}
