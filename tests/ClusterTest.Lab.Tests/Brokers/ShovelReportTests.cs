using ClusterTest.Lab.Brokers;
using Xunit;

namespace ClusterTest.Lab.Tests.Brokers;

public sealed class ShovelReportTests
{
    [Theory]
    [InlineData("[{<<\"cluster_test\">>,standby@localhost,running}]\n", "cluster_test standby running")]
    [InlineData("[{<<\"cluster_test\">>,'rabbit@a-1',starting}]\n", "cluster_test a-1 starting")]
    [InlineData("[{<<\"cluster_test\">>,none,terminated}]\n", "cluster_test  terminated")]
    [InlineData("[{<<\"one\">>,rabbit@a1,running},\n {<<\"drill.6f2c\">>,none,\n  terminated}]\n", "one a1 running", "drill.6f2c  terminated")]
    [InlineData("[]\n")]
    public void Each_Shovel_is_read_with_the_node_that_it_runs_on(string output, params string[] expected) =>
        Assert.Equal(expected, ShovelReport.Parse(output).Select(static shovel => $"{shovel.Queue} {shovel.Node} {shovel.State}"));

    [Theory]
    [InlineData("ok\n", null)]
    [InlineData("{error,{auth_failure,\"ACCESS_REFUSED - Login was refused\"}}\n", "cannot log in to primary: its user or password is wrong")]
    [InlineData("{error,\n    {auth_failure,\n        \"Refused\"}}\n", "cannot log in to primary: its user or password is wrong")]
    [InlineData("{error,econnrefused}\n", "Nobody answers the Shovel at primary.")]
    [InlineData("{error,nxdomain}\n", "Nobody answers the Shovel at primary.")]
    [InlineData("{error,not_allowed}\n", "may not use the virtual host of primary.")]
    [InlineData("{error,{protocol_version_mismatch,{0,9,1},{1,0,0}}}\n", "The Shovel and primary cannot talk to each other: {error,{protocol_version_mismatch")]
    [InlineData("{error,\n  something_new}\n", "The Shovel cannot connect to primary: {error, something_new}")]
    public void Why_it_cannot_connect_is_said_in_words(string output, string? expected)
    {
        var said = ShovelReport.WhyNot(output, "primary");

        Assert.Equal(expected is null, said is null);
        Assert.Contains(expected ?? "", said ?? "", StringComparison.Ordinal);
    }
}
