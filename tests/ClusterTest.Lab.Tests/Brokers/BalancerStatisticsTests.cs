using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class BalancerStatisticsTests
{
    // The columns are in another order than HAProxy's: only their names must count.
    private const string Csv = """
        # pxname,svname,scur,slim,status,check_status,new_column,
        amqp,FRONTEND,3,100,OPEN,,,
        amqp,rabbit1,2,,UP,L7OK,,
        amqp,rabbit2,0,,DOWN,L4CON,,
        amqp,rabbit3,1,,UP 1/2,* L7TOUT,,
        amqp,BACKEND,3,100,UP,,,
        statistics,FRONTEND,1,100,OPEN,,,
        """;

    [Fact]
    public void Servers_of_the_cluster_are_read_and_nothing_else() =>
        Assert.Equal(["rabbit1", "rabbit2", "rabbit3"], BalancerStatistics.Parse(Csv).Keys.Order());

    [Fact]
    public void A_server_that_passed_its_check_is_up() =>
        Assert.Equal((true, 2), (BalancerStatistics.Parse(Csv)["rabbit1"].IsUp, BalancerStatistics.Parse(Csv)["rabbit1"].Sessions));

    [Fact]
    public void A_server_that_refuses_is_down() => Assert.False(BalancerStatistics.Parse(Csv)["rabbit2"].IsUp);

    [Fact]
    public void A_server_that_failed_its_last_check_is_not_up_though_not_yet_down()
    {
        var server = BalancerStatistics.Parse(Csv)["rabbit3"];

        Assert.Equal("L7TOUT", server.LastCheck);
        Assert.False(server.IsUp);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>not found</html>")]
    public void Anything_else_has_no_servers(string text) => Assert.Empty(BalancerStatistics.Parse(text));
}
