using ClusterTest.Reconnect.Internal.Producing;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class OutgoingContentTests
{
    [Theory]
    [InlineData("id", null, false)]
    [InlineData("", "text/plain", false)]
    [InlineData("Größe", "text/plain", false)]
    [InlineData("id", "text/plain", true)]
    public void Is_as_long_as_what_is_written(string id, string? contentType, bool hasHeaders)
    {
        var message = new OutgoingMessage
        {
            Body = new byte[10],
            MessageId = id,
            ContentType = contentType,
            Headers = hasHeaders ? new Dictionary<string, object?> { ["k"] = "v" } : null,
        };
        var content = new OutgoingContent(message);
        IAmqpWriteable written = content.For(1, new ReusableProperties());
        Assert.Equal(written.WriteTo(new byte[1000]) + 10, content.Bytes);
    }

    [Fact]
    public void Leaves_nothing_of_a_message_to_the_next()
    {
        var reusable = new ReusableProperties();
        var first = new OutgoingContent(new OutgoingMessage { Body = default, MessageId = "a", ContentType = "text/plain" }).For(1, reusable);
        first.Headers!["traceparent"] = "a trace's";
        var second = new OutgoingContent(new OutgoingMessage { Body = default, MessageId = "b" }).For(2, reusable);
        Assert.Same(first, second);
        Assert.Equal(("b", null, true, false), (second.MessageId, second.ContentType, second.Persistent, second.IsContentTypePresent()));
        Assert.Equal([new("x-cluster-publish-sequence", 2L)], second.Headers!);
    }

    [Fact]
    public void With_headers_is_written_from_a_copy_for_each_attempt()
    {
        var reusable = new ReusableProperties();
        var content = new OutgoingContent(new OutgoingMessage { Body = default, Headers = new Dictionary<string, object?> { ["k"] = "v" } });
        var first = content.For(1, reusable);
        first.Headers!["traceparent"] = "a trace's";
        Assert.NotSame(first, content.For(1, reusable));
        Assert.Equal(["k", "x-cluster-publish-sequence"], content.For(2, reusable).Headers!.Keys.Order(StringComparer.Ordinal));
    }
}
