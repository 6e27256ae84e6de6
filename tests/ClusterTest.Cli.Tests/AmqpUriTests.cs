using ClusterTest.Reconnect;
using Xunit;

namespace ClusterTest.Cli.Tests;

public sealed class AmqpUriTests
{
    [Theory]
    [InlineData("amqp://rabbit", "rabbit", 5672, false, null, null, null)]
    [InlineData("amqps://rabbit", "rabbit", 5671, true, null, null, null)]
    [InlineData("amqp://rabbit:5670/", "rabbit", 5670, false, null, null, null)]
    [InlineData("amqp://alice@rabbit:5670/prod", "rabbit", 5670, false, "alice", null, "prod")]
    [InlineData("amqp://alice:secret@rabbit/%2f", "rabbit", 5672, false, "alice", "secret", "/")]
    [InlineData("amqp://a%40b:p%3Aq%2Fr@rabbit/x%2Fy", "rabbit", 5672, false, "a@b", "p:q/r", "x/y")]
    [InlineData("amqp://alice:a:b@rabbit", "rabbit", 5672, false, "alice", "a:b", null)]
    [InlineData("amqp://[::1]:5670", "::1", 5670, false, null, null, null)]
    public void Reads_every_part(string text, string host, int port, bool useTls, string? user, string? password, string? virtualHost)
    {
        Assert.True(AmqpUri.TryParse(text, out var uri, out _));
        Assert.Equal(new AmqpUri(new ClusterEndpoint(host, port, useTls), user, password, virtualHost), uri);
    }

    [Theory]
    [InlineData("", "form")]
    [InlineData("rabbit:5670", "form")]
    [InlineData("http://rabbit", "form")]
    [InlineData("amqp://", "form")]
    [InlineData("amqp://rabbit:0", "form")]
    [InlineData("amqp://rabbit:99999", "form")]
    [InlineData("amqp://alice:sec#ret@rabbit", "form")]
    [InlineData("amqp://rabbit/a/b", "%2f")]
    [InlineData("amqp://rabbit//", "%2f")]
    [InlineData("amqp://alice:5?ecret@rabbit", "%3f")]
    [InlineData("amqp://rabbit?frame_max=5", "'frame_max' is not one of its parameters")]
    [InlineData("amqp://rabbit?heartbeat", "heartbeat has no value")]
    [InlineData("amqp://rabbit?channel_max=5", "channel_max=5 is not a number of channels from 32 to 65535")]
    [InlineData("amqp://rabbit?auth_mechanism=amqplain", "supported are plain and external")]
    [InlineData("amqps://rabbit?server_name_indication=disable", "always checked")]
    [InlineData("amqps://rabbit?server_name_indication=a/b", "not the name of a host")]
    [InlineData("amqp://rabbit/a#b", "nothing may follow")]
    [InlineData("amqp://alice:5/ecret@rabbit", "%2f")]
    public void Says_what_is_wrong_without_showing_it(string text, string expected)
    {
        Assert.False(AmqpUri.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("ecret", error, StringComparison.Ordinal);
    }
}
