using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class QueueListTests
{
    [Fact]
    public void Queues_are_read_with_their_type_and_what_is_in_them() => Assert.Equal(
        [new("cluster_test", "quorum", 12), new("other", "classic", 0), new QueueList("of a node that is down", "classic", Messages: null)],
        QueueList.Parse("""
            [
            {"name":"cluster_test","type":"quorum","messages":12}
            ,{"name":"other","type":"classic","messages":0}
            ,{"name":"of a node that is down","type":"classic","messages":""}
            ]
            """));

    [Fact]
    public void There_may_be_none() => Assert.Empty(QueueList.Parse("[\n]"));
}
