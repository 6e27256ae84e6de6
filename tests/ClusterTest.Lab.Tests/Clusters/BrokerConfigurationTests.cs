using ClusterTest.Lab.Clusters.Native;
using Xunit;

namespace ClusterTest.Lab.Tests.Clusters;

public sealed class BrokerConfigurationTests
{
    [Fact]
    public void The_first_node_knows_no_other_and_so_starts_alone()
    {
        var configuration = BrokerConfiguration.Render("rabbit1", "rabbit1", 5681, secrets: null, "");

        Assert.Contains("cluster_formation.classic_config.nodes.1 = rabbit1@localhost", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("nodes.2", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_node_joins_the_first()
    {
        var configuration = BrokerConfiguration.Render("rabbit3", "rabbit1", 5683, secrets: null, "");

        Assert.Contains("cluster_formation.classic_config.nodes.1 = rabbit1@localhost", configuration, StringComparison.Ordinal);
        Assert.Contains("cluster_formation.classic_config.nodes.2 = rabbit3@localhost", configuration, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_listen_on_loopback_alone() =>
        Assert.Contains("listeners.tcp.1 = 127.0.0.1:5682", BrokerConfiguration.Render("rabbit2", "rabbit1", 5682, secrets: null, ""), StringComparison.Ordinal);

    [Fact]
    public void Additional_lines_come_last() =>
        Assert.EndsWith("consumer_timeout = 1000", BrokerConfiguration.Render("rabbit1", "rabbit1", 5681, secrets: null, "consumer_timeout = 1000").TrimEnd(), StringComparison.Ordinal);

    [Fact]
    public void Needed_applications_are_read_from_a_resource_file() =>
        Assert.Equal(["kernel", "stdlib", "amqp10_common"], BrokerHome.ApplicationsIn("""{application, rabbit, [{vsn,"1"}, {applications, [kernel,stdlib,amqp10_common]}]}."""));

    [Fact]
    public void All_ports_move_with_the_balancers()
    {
        var moved = NativePorts.FromBase(NativePorts.DefaultBase + 1000).All().Select(static port => port.Port - 1000);

        Assert.Equal(new NativePorts().All().Select(static port => port.Port), moved);
    }
}
