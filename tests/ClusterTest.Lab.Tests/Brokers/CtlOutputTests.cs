using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class CtlOutputTests
{
    private const string Connections = """
        <rabbit2@localhost.1795354935.745.0>	[{"product","RabbitMQ"},{"connection_name","mine"}]
        <rabbit3@localhost.1795354936.811.0>	[{"product","RabbitMQ"},{"connection_name","mine too"}]
        <rabbit1@localhost.1795354937.902.0>	[{"product","a client without a name"}]
        """;

    // The output of RabbitMQ 4.3, with each node on its own host.
    private const string ConnectionsOfHosts = """
        <rabbit@rabbit3.1795389885.1394.0>	[{"product","RabbitMQ"},{"version","7.2.2"},{"connection_name","mine"}]
        """;

    [Fact]
    public void Clients_with_a_name_are_found_with_their_nodes() =>
        Assert.Equal([new ClientConnection("rabbit2", "mine"), new ClientConnection("rabbit3", "mine too")], ClientConnections.Parse(Connections));

    [Fact]
    public void Clients_are_found_on_nodes_that_are_called_by_their_hosts() =>
        Assert.Equal([new ClientConnection("rabbit3", "mine")], ClientConnections.Parse(ConnectionsOfHosts));

    [Fact]
    public void Without_clients_none_is_found() => Assert.Empty(ClientConnections.Parse("\n"));

    [Theory]
    [InlineData("""["rabbit3@localhost","rabbit1@localhost","rabbit2@localhost"]""", "{}", true)]
    [InlineData("""["rabbit3@localhost","rabbit1@localhost"]""", "{}", false)]
    [InlineData("""["rabbit@rabbit1","rabbit@rabbit2","rabbit@rabbit3"]""", "{}", true)]
    [InlineData("""["rabbit3@localhost","rabbit1@localhost","rabbit2@localhost"]""", """{"rabbit1@localhost":["rabbit2@localhost"]}""", false)]
    public void A_cluster_is_whole_when_all_nodes_run_and_see_each_other(string running, string partitions, bool whole) =>
        Assert.Equal(whole, Membership.Parse($$"""{"running_nodes":{{running}},"partitions":{{partitions}}}""").Includes(TopologyList.Default.BrokerNames));

    [Fact]
    public void A_queue_is_asked_for_by_the_octets_of_its_name() =>
        Assert.Contains("queue, <<226,130,172,39>>)", QueueLeader.CommandFor("€'")[1], StringComparison.Ordinal);

    [Theory]
    [InlineData("rabbit2@localhost\n", "rabbit2")]
    [InlineData("'rabbit-2@localhost'\n", "rabbit-2")]
    [InlineData("rabbit@rabbit3\n", "rabbit3")]
    [InlineData("none\n", null)]
    public void A_leader_is_a_node_or_nobody(string output, string? leader) => Assert.Equal(leader, QueueLeader.Parse(output));

    [Theory]
    [InlineData("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\nStatus: …", "HAProxy 2.6.12-1+deb12u4")]
    [InlineData("HA-Proxy version 2.2.9-2+deb11u6 2023/12/03", "HAProxy 2.2.9-2+deb11u6")]
    [InlineData("something else", null)]
    public void The_balancers_version_is_what_follows_the_word(string output, string? version) => Assert.Equal(version, BalancerVersion.Parse(output));
}
