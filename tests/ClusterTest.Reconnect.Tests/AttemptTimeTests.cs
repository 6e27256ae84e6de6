using ClusterTest.Reconnect.Internal.Connections;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public class AttemptTimeTests
{
    [Theory]
    [InlineData(5, 0, 5)]
    [InlineData(5, 1, 5)]
    [InlineData(5, 2, 10)]
    [InlineData(5, 3, 20)]
    [InlineData(5, 1_000_000, 20)]
    [InlineData(0.3, 3, 1.2)]
    [InlineData(3600, 3, 3600)]
    public void Grows_after_two_attempts_without_an_end_of_the_handshake(double usual, int unanswered, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), AttemptTime.For(TimeSpan.FromSeconds(usual), unanswered));

    [Fact]
    public void Has_a_longest_time() => Assert.Equal(TimeSpan.FromSeconds(20), AttemptTime.Longest(TimeSpan.FromSeconds(5)));
}
