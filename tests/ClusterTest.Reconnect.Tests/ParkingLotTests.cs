using System.Text;
using ClusterTest.Reconnect.Tests.Support;
using ClusterTest.Testing;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

public sealed class ParkingLotTests : BrokerTest
{
    private const string Parked = Name + ".parked";

    [Fact]
    public async Task Parks_a_copy_with_its_reason_and_acks_the_message_only_when_that_is_confirmed()
    {
        Broker.WithholdConfirms();
        var consumer = Consume(_ => new(DeliveryResult.Park("no JSON")));
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties
        {
            MessageId = "m",
            ContentType = "text/plain",
            UserId = "somebody",
            Headers = new Dictionary<string, object?> { ["k"] = 7 },
        });
        var copy = await Broker.ReceivedAsync<BasicPublish>();
        Assert.Equal(("", Parked, true), (copy.Exchange, copy.RoutingKey, copy.Mandatory));
        Assert.Equal(("a", "m", "text/plain", (byte?)2, null), (copy.Text, copy.MessageId, copy.Properties.ContentType, copy.Properties.DeliveryMode, copy.Properties.UserId));
        Assert.Equal(7, copy.Properties.Headers!["k"]);
        Assert.Equal("no JSON", Header(copy, "x-parked-reason"));
        Assert.Equal(Name, Header(copy, "x-parked-queue"));
        Assert.Equal(0, consumer.Statistics.Parked);
        Assert.Empty(Broker.Received.OfType<BasicAck>());

        copy.Confirm();
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Equal(["a"], Broker.Queue(Parked).Ready.Select(message => message.Text));
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(1, 0, 0, 1, 0));
    }

    [Fact]
    public async Task Parks_what_the_handler_threw_at_and_goes_on()
    {
        var consumer = Consume(delivery => delivery.MessageId == "bad" ? throw new FormatException("no number") : new(DeliveryResult.Ack));
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties { MessageId = "bad" });
        Broker.Enqueue(Name, "b", new MessageProperties { MessageId = "good" });
        Assert.Equal(["a", "b"], await AckedAsync(2));
        var parked = Assert.Single(Broker.Queue(Parked).Ready);
        Assert.Equal("the handler threw FormatException: no number", parked.Properties.Headers!["x-parked-reason"] switch { byte[] bytes => Encoding.UTF8.GetString(bytes), var text => text });
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(2, 1, 0, 1, 0));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Theory]
    [InlineData("nack")]
    [InlineData("return")]
    [InlineData("406")]
    [InlineData("silence")]
    public async Task Leaves_a_message_in_its_queue_that_cannot_be_parked(string fault)
    {
        var rule = fault switch
        {
            "nack" => Broker.On<BasicPublish>().Times(2).Do(publish => publish.Nack()),
            "return" => Broker.On<BasicPublish>().Times(2).Do(publish =>
            {
                publish.Return();
                publish.Confirm();
            }),
            "406" => Broker.On<QueueDeclare>(declare => declare.Queue == Parked).Times(2).CloseChannel(406, "PRECONDITION_FAILED - inequivalent arg 'x-queue-type'"),
            _ => Broker.On<BasicPublish>().Times(2).Do(_ => { }),
        };
        var consumer = Consume(_ => new(DeliveryResult.Park("bad")), Cluster with { ReadyTimeout = TimeSpan.FromSeconds(fault == "silence" ? 1.5 : 10) });
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        Broker.Enqueue(Name, "b");
        await OpenAsync(3);
        Assert.Equal(2, rule.Hits);
        Assert.All(Events.Items.Where(change => change.To == Recovering), lost => Assert.Equal((FaultKind.ParkingFailed, FaultScope.Channel), (lost.Cause!.Kind, lost.Cause.Scope)));
        Assert.Equal(["a", "b"], await AckedAsync(2));
        Assert.Equal(["a", "b"], Broker.Queue(Parked).Ready.Select(message => message.Text));
        Assert.Equal(["a", "a", "a", "b"], Handled.Items);
        Assert.Single(Broker.Connections);
        Assert.Equal(2, consumer.Statistics.Parked);
    }

    [Fact]
    public async Task Parks_again_when_the_connection_is_lost_before_the_confirm()
    {
        Broker.On<BasicPublish>().Once().Reset();
        Consume(_ => new(DeliveryResult.Park("bad")));
        await OpenAsync();
        Broker.Enqueue(Name, "a");
        await OpenAsync(2);
        Assert.Equal(["a"], await AckedAsync(1));
        Assert.Single(Broker.Queue(Parked).Ready);
    }

    [Fact]
    public async Task Keeps_a_parked_message_for_ever_and_to_itself()
    {
        Consume(_ => new(DeliveryResult.Park("bad")));
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties { Expiration = "60000" }.WithHeader("CC", new List<object?> { "elsewhere" }));
        await AckedAsync(1);
        var parked = Assert.Single(Broker.Queue(Parked).Ready);
        Assert.Null(parked.Properties.Expiration);
        Assert.DoesNotContain("CC", parked.Properties.Headers!);
    }

    private static string Header(BasicPublish publish, string name) =>
        publish.Properties.Headers![name] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : (string)publish.Properties.Headers[name]!;
}
