using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Tests.Examples;
using ClusterTest.Lab.Topologies;
using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

/// <summary>What <c>compare</c> compares comes from the topologies.</summary>
public sealed class ContenderTests
{
    public static TheoryData<string> Names => [.. Contender.All.Select(static contender => contender.Name)];

    [Fact]
    public void Every_topology_takes_part_under_its_name_and_the_cluster_with_both_types_of_queue()
    {
        Assert.Equal([], TopologyList.All.Select(static topology => topology.Name).Except(Contender.All.Select(static contender => contender.Name)));
        Assert.Equal(
            [("cluster", QueueType.Quorum), ("cluster-classic", QueueType.Classic)],
            Contender.Of(new Cluster()).Select(static contender => (contender.Name, contender.Profile.QueueType)));
        Assert.Distinct(Names.Select(static row => row.Data));
    }

    [Theory, MemberData(nameof(Names))]
    public void Each_says_all_that_the_table_has_a_row_for(string name) => Assert.All(
        Contender.All.Single(contender => contender.Name == name).Profile.Properties,
        static property => Assert.Matches("^[A-Za-z0-9][^.]{0,58}[a-z]$", property.Value));

    [Fact]
    public void A_topology_that_says_nothing_takes_part_all_the_same()
    {
        var pair = Assert.Single(Contender.Of(new Pair()));

        Assert.Equal(("pair", QueueType.Quorum), (pair.Name, pair.Profile.QueueType));
        Assert.All(pair.Profile.Properties, static property => Assert.Equal("-", property.Value));
    }
}
