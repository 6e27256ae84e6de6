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

    [Fact]
    public void Has_nulls_for_what_the_publisher_did_not_set()
    {
        var delivery = new Delivery(new BasicProperties(), default, "", "q", redelivered: false, session: 0, generation: 1);
        Assert.Null(delivery.MessageId);
        Assert.Null(delivery.ContentType);
        Assert.Null(delivery.Headers);
    }
}
