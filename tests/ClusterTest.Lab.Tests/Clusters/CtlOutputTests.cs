using ClusterTest.Lab.Clusters;
using Xunit;

namespace ClusterTest.Lab.Tests.Clusters;

public sealed class CtlOutputTests
{
    private const string Connections = """
        <rabbit2@localhost.1795354935.745.0>	[{"product","RabbitMQ"},{"connection_name","mine"}]
        <rabbit3@localhost.1795354936.811.0>	[{"product","RabbitMQ"},{"connection_name","mine too"}]
        <rabbit1@localhost.1795354937.902.0>	[{"product","a client without a name"}]
        """;

    [Fact]
    public void A_client_is_found_by_its_whole_name() => Assert.Equal(["rabbit2"], ClientConnections.NodesOf("mine", Connections));

    [Fact]
    public void A_client_that_is_not_there_is_on_no_node() => Assert.Empty(ClientConnections.NodesOf("min", Connections));

    [Theory]
    [InlineData("""["rabbit3@localhost","rabbit1@localhost","rabbit2@localhost"]""", "{}", true)]
    [InlineData("""["rabbit3@localhost","rabbit1@localhost"]""", "{}", false)]
    [InlineData("""["rabbit3@localhost","rabbit1@localhost","rabbit2@localhost"]""", """{"rabbit1@localhost":["rabbit2@localhost"]}""", false)]
    public void A_cluster_is_whole_when_all_nodes_run_and_see_each_other(string running, string partitions, bool whole) =>
        Assert.Equal(whole, Membership.Parse($$"""{"running_nodes":{{running}},"partitions":{{partitions}}}""").IsWhole);
}
