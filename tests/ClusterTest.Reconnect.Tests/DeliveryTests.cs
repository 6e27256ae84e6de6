using ClusterTest.Reconnect.Internal.Producing;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public void Shows_what_the_broker_delivered()
    {
        var headers = new Dictionary<string, object?> { ["k"] = 1 };
        var delivery = new Delivery(
            new BasicProperties { MessageId = "m", ContentType = "application/json", Headers = headers },
            "body"u8.ToArray(), "e", "k", redelivered: true, session: 1, generation: 4);
        Assert.Equal("body"u8, delivery.Body.Span);
        Assert.Equal(("e", "k", true, 1, 4), (delivery.Exchange, delivery.RoutingKey, delivery.Redelivered, delivery.Session, delivery.Generation));
        Assert.Equal(("m", "application/json"), (delivery.MessageId, delivery.ContentType));
        Assert.Same(headers, delivery.Headers);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Does_not_show_the_number_that_a_producer_of_ours_gave_a_publish(bool hasHeaders)
    {
        var content = new OutgoingContent(new OutgoingMessage { Body = default, Headers = hasHeaders ? new Dictionary<string, object?> { ["k"] = 1 } : null });
        var delivery = new Delivery(content.For(7, new ReusableProperties()), default, "", "q", redelivered: false, session: 0, generation: 1);
        Assert.Equal(hasHeaders ? ["k"] : null, delivery.Headers?.Keys);
    }

    [Theory]
    [InlineData(7L, true, 7L)]
    [InlineData(7, true, 7L)]
    [InlineData("7", true, null)]
    [InlineData(7L, false, null)] // a publisher's: the broker counts from the second delivery on
    public void Shows_how_often_it_came_back_as_far_as_the_broker_says_so(object header, bool redelivered, long? count)
    {
        var headers = new Dictionary<string, object?> { ["x-delivery-count"] = header };
        Assert.Equal(count, new Delivery(new BasicProperties { Headers = headers }, default, "", "q", redelivered, session: 0, generation: 1).DeliveryCount);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public void Has_a_copy_of_the_body_until_that_is_released(int length)
    {
        var body = new byte[length];
        body.AsSpan().Fill(1);
        var delivery = new Delivery(new BasicProperties(), body, "", "q", redelivered: false, session: 0, generation: 1);
        body.AsSpan().Fill(2);
        Assert.Equal(length, delivery.Body.Length);
        Assert.Equal(-1, delivery.Body.Span.IndexOfAnyExcept((byte)1));
        var other = new Delivery(new BasicProperties(), body, "", "q", redelivered: false, session: 0, generation: 1);
        delivery.ReleaseBody();
        delivery.ReleaseBody();
        Assert.Equal(-1, other.Body.Span.IndexOfAnyExcept((byte)2));
    }

    [Fact]
    public void Has_nulls_for_what_the_publisher_did_not_set()
    {
        var delivery = new Delivery(new BasicProperties(), default, "", "q", redelivered: false, session: 0, generation: 1);
        Assert.Null(delivery.MessageId);
        Assert.Null(delivery.ContentType);
        Assert.Null(delivery.Headers);
        Assert.Null(delivery.DeliveryCount);
    }
}
