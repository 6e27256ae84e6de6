using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class ClusterEndpointTests
{
    [Theory]
    [InlineData("localhost", "localhost:5670")]
    [InlineData("10.0.0.1", "10.0.0.1:5670")]
    [InlineData("::1", "[::1]:5670")]
    public void Is_written_as_people_write_it(string host, string expected) => Assert.Equal(expected, new ClusterEndpoint(host, 5670).ToString());
}
