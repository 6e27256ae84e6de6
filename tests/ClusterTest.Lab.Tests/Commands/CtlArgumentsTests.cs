using ClusterTest.Lab.Commands;
using Xunit;

namespace ClusterTest.Lab.Tests.Commands;

public sealed class CtlArgumentsTests
{
    [Theory]
    [InlineData("ctl rabbit1 list_queues --verbose", "ctl rabbit1 -- list_queues --verbose")]
    [InlineData("--port-base 6670 ctl rabbit1 list_queues", "--port-base 6670 ctl rabbit1 -- list_queues")]
    [InlineData("ctl rabbit1 --help", "ctl rabbit1 -- --help")]
    public void What_follows_the_node_belongs_to_rabbitmqctl(string written, string read) =>
        Assert.Equal(read.Split(' '), CtlArguments.Protect(written.Split(' ')));

    [Theory]
    [InlineData("ctl rabbit1 -- list_queues")]
    [InlineData("ctl --help")]
    [InlineData("ctl rabbit1")]
    [InlineData("status --output json")]
    public void The_rest_stays_as_it_is(string written) => Assert.Equal(written.Split(' '), CtlArguments.Protect(written.Split(' ')));
}
