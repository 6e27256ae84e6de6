using System.Text;
using ClusterTest.Reconnect.Tests.Support;
using ClusterTest.Testing;
using Xunit;
using static ClusterTest.Reconnect.SessionState;

namespace ClusterTest.Reconnect.Tests;

/// <summary>
/// Field lesson 23: a channel that is given up for one message that cannot be parked brings the whole prefetch back, and after 21 times a
/// RabbitMQ from 4.0 on drops it, handled or not.
/// </summary>
public sealed class ParkingFailureTests() : BrokerTest(new ScriptedBrokerOptions { DeliveryLimit = DropLimit })
{
    private const int DropLimit = 20;
    private const int Messages = 100;
    private const string Junk = "junk";
    private const string Parked = Name + ".parked";
    private const string Refused = "ACCESS_REFUSED - configure access to queue 'q.parked' in vhost '/' refused for user 'guest'";
    private const string Inequivalent = "PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q.parked' in vhost '/'";
    private const string TooLarge = "PRECONDITION_FAILED - message size 100 is larger than configured max size 50";

    private static readonly TimeSpan LongEnoughToDropAll = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(403, Refused)]
    [InlineData(406, Inequivalent)]
    public async Task No_message_is_dropped_and_the_good_ones_are_handled_when_the_parked_queue_is_refused(ushort code, string text)
    {
        Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(code, text);
        Consume(ParkJunk);
        await OpenAsync();
        EnqueueAll();
        await Broker.WaitForAsync(broker => broker.Queue(Name) is var queue && queue.Acknowledged.Count + queue.Dropped.Count >= Messages - 1, LongEnoughToDropAll);
        Assert.Equal([], Broker.Queue(Name).Dropped.Select(message => message.Text));
        Assert.Equal(Good, Broker.Queue(Name).Acknowledged.Select(message => message.Text));
    }

    [Theory]
    [InlineData("403 at the declaration")]
    [InlineData("406 at the declaration")]
    [InlineData("403 at the publish")]
    [InlineData("full")]
    [InlineData("unroutable")]
    [InlineData("too large")]
    [InlineData("alarm")]
    [InlineData("silence")]
    [InlineData("no second connection")]
    public async Task Good_messages_go_on_being_handled_on_their_channel_while_one_cannot_be_parked(string cause)
    {
        Refuse(cause);
        Consume(ParkJunk, Cluster with { ReadyTimeout = TimeSpan.FromSeconds(2) });
        await OpenAsync();
        EnqueueAll();
        await Eventually.TrueAsync(() => Broker.Queue(Name).Acknowledged.Count == Messages - 1 || HasLostItsChannel);
        Assert.False(HasLostItsChannel, "the channel, and with it every message on it, was given up for one message");
        Assert.Equal(Good, Broker.Queue(Name).Acknowledged.Select(message => message.Text));
        Assert.Equal([Junk], Left());
    }

    [Fact]
    public async Task Headers_that_no_longer_fit_a_frame_with_ours_are_cut()
    {
        Consume(ParkJunk);
        await OpenAsync();
        var headers = new Dictionary<string, object?> { ["small"] = "kept", ["largest"] = new string('x', 70_000), ["large"] = new string('y', 60_900) };
        Broker.Enqueue(Name, Junk, new MessageProperties { MessageId = "m", CorrelationId = "c", Headers = headers }); // fits a frame of 131,072
        Broker.Enqueue(Name, "good");
        await Eventually.TrueAsync(() => Broker.Queue(Name).Acknowledged.Count == 2 || HasLostItsChannel);
        Assert.False(HasLostItsChannel, "a message whose headers are too large cost the channel");
        var parked = Assert.Single(Broker.Queue(Parked).Ready);
        Assert.Equal((Junk, "m", "c", "kept"), (parked.Text, parked.MessageId, parked.Properties.CorrelationId, Text(parked, "small")));
        Assert.DoesNotContain("largest", parked.Properties.Headers!);
        Assert.Equal(60_900, Text(parked, "large").Length); // one is enough
        Assert.Equal("largest", Text(parked, "x-parked-cut"));
        Assert.Equal("no good", Text(parked, "x-parked-reason"));
    }

    private static string[] Good => [.. Enumerable.Range(1, Messages - 1).Select(i => $"{i}")];

    private bool HasLostItsChannel => Events.Items.Any(change => change.To == Recovering);

    private static ValueTask<DeliveryResult> ParkJunk(Delivery delivery) =>
        new(Encoding.UTF8.GetString(delivery.Body.Span) == Junk ? DeliveryResult.Park("no good") : DeliveryResult.Ack);

    private static string Text(Message message, string header) => message.Properties.Headers![header] switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        var text => (string)text!,
    };

    private void EnqueueAll()
    {
        Broker.Enqueue(Name, Junk);
        foreach (var text in Good)
        {
            Broker.Enqueue(Name, text);
        }
    }

    private IEnumerable<string> Left() => Broker.Queue(Name) is var queue ? [.. queue.Ready.Concat(queue.Unacknowledged).Select(message => message.Text)] : [];

    private void Refuse(string cause)
    {
        switch (cause)
        {
            case "403 at the declaration":
                Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(403, Refused);
                break;
            case "406 at the declaration":
                Broker.On<QueueDeclare>(declare => declare.Queue == Parked).CloseChannel(406, Inequivalent);
                break;
            case "403 at the publish":
                Broker.On<BasicPublish>().CloseChannel(403, "ACCESS_REFUSED - write access to exchange 'amq.default' in vhost '/' refused for user 'guest'");
                break;
            case "full":
                Broker.On<BasicPublish>().Do(publish => publish.Nack());
                break;
            case "unroutable":
                Broker.On<BasicPublish>().Do(publish =>
                {
                    publish.Return();
                    publish.Confirm();
                });
                break;
            case "too large":
                Broker.On<BasicPublish>().CloseChannel(406, TooLarge);
                break;
            case "alarm":
                Broker.On<BasicPublish>().Do(publish =>
                {
                    publish.Connection.Block("low on memory");
                    publish.Connection.StopReading(); // RabbitMQ reads nothing from a connection that publishes, acks included
                });
                break;
            case "silence":
                Broker.On<BasicPublish>().Do(_ => { });
                break;
            default:
                Broker.On<QueueDeclare>(declare => declare.Queue == Parked).Reset();
                break;
        }
    }
}
