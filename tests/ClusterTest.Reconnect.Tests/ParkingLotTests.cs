using System.Text;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
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
            ContentEncoding = "utf-8",
            CorrelationId = "c",
            ReplyTo = "r",
            Type = "t",
            AppId = "app",
            Priority = 3,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(1301531152),
            UserId = "somebody",
            Headers = new Dictionary<string, object?> { ["k"] = 7 },
        });
        var copy = await Broker.ReceivedAsync<BasicPublish>();
        Assert.Equal(("", Parked, true), (copy.Exchange, copy.RoutingKey, copy.Mandatory));
        var properties = copy.Properties;
        Assert.Equal(
            ("a", "m", "text/plain", (byte?)2, null),
            (copy.Text, copy.MessageId, properties.ContentType, properties.DeliveryMode, properties.UserId));
        Assert.Equal(
            ("utf-8", "c", "r", "t", "app"),
            (properties.ContentEncoding, properties.CorrelationId, properties.ReplyTo, properties.Type, properties.AppId));
        Assert.Equal(((byte?)3, 1301531152L), (properties.Priority, properties.Timestamp!.Value.ToUnixTimeSeconds()));
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
        Assert.Equal(["a", "b"], (await AckedAsync(2)).Order());
        var parked = Assert.Single(Broker.Queue(Parked).Ready);
        Assert.Equal("the handler threw FormatException: no number", TextOf(parked.Properties.Headers!["x-parked-reason"]));
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(2, 1, 0, 1, 0));
        Assert.Equal([Open], Events.Items.Select(change => change.To));
    }

    [Theory]
    [InlineData("nack")]
    [InlineData("return")]
    [InlineData("silence")]
    [InlineData("loss")]
    public async Task Parks_once_the_parked_queue_takes_it_again_and_consumes_on_meanwhile(string failure)
    {
        var rule = failure switch
        {
            "nack" => Broker.On<BasicPublish>().Times(2).Do(publish => publish.Nack()),
            "return" => Broker.On<BasicPublish>().Times(2).Do(publish =>
            {
                publish.Return();
                publish.Confirm();
            }),
            "silence" => Broker.On<BasicPublish>().Times(2).Do(_ => { }),
            _ => Broker.On<BasicPublish>().Times(2).Reset(),
        };
        var cluster = Cluster with { StallTimeout = TimeSpan.FromSeconds(1) };
        var consumer = Consume(delivery => new(delivery.MessageId == "bad" ? DeliveryResult.Park("bad") : DeliveryResult.Ack), cluster);
        await OpenAsync();
        Broker.Enqueue(Name, "a", new MessageProperties { MessageId = "bad" });
        Broker.Enqueue(Name, "b");
        Broker.Enqueue(Name, "c", new MessageProperties { MessageId = "bad" });
        Broker.Enqueue(Name, "d");
        Assert.Equal(["a", "b", "c", "d"], (await AckedAsync(4)).Order());
        Assert.Equal(["a", "c"], Broker.Queue(Parked).Ready.Select(message => message.Text));
        Assert.Equal(2, rule.Hits);
        Assert.Equal(["a", "b", "c", "d"], Handled.Items); // none of them a second time
        Assert.Equal([Open], Events.Items.Select(change => change.To));
        await Eventually.TrueAsync(() => consumer.Statistics == new ConsumerStatistics(4, 2, 0, 2, 0));
    }

    [Fact]
    public async Task Parks_over_a_connection_of_its_own_that_is_opened_for_the_first_message_and_serves_all_sessions()
    {
        var consumer = Consume(_ => new(DeliveryResult.Park("bad")), Cluster with { Sessions = 2, ClientName = "name" });
        await OpenAsync(session: 0);
        await OpenAsync(session: 1);
        Assert.Equal(2, Broker.Connections.Count);
        for (var i = 0; i < 10; i++)
        {
            Broker.Enqueue(Name, $"{i}");
        }

        await AckedAsync(10);
        Assert.Equal(3, Broker.Connections.Count);
        var parking = Assert.Single(Broker.Received.OfType<BasicPublish>().Select(publish => publish.Connection).Distinct());
        Assert.Equal(3, parking.Number);
        Assert.Equal("name parking", TextOf(parking.Received.OfType<ConnectionStartOk>().Single().ClientProperties["connection_name"]));
        Assert.Empty(parking.Received.OfType<ExchangeDeclare>());
        Assert.Empty(parking.Received.OfType<QueueBind>());
        Assert.Equal([Parked], parking.Received.OfType<QueueDeclare>().Select(declare => declare.Queue));
        Assert.Equal([Open, Open], Events.Items.Select(change => change.To));
        await consumer.StopAsync();
        await Broker.WaitForAsync(_ => parking.EndedAt is not null);
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

    private static string Header(BasicPublish publish, string name) => TextOf(publish.Properties.Headers![name]);

    private static string TextOf(object? value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : (string)value!;
}
