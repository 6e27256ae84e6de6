using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>What becomes of a publish: stored, returned, confirmed, and what the script may make of it.</summary>
public sealed class PublishTests : ClientTest
{
    [Fact]
    public async Task Numbers_publishes_for_each_channel_from_confirm_select_on()
    {
        Broker.Declare(Queue);
        using var client = await OpenAsync(Broker);
        await client.CallAsync(2, 20, 10, ShortString(""));
        await client.ExpectAsync(2, 20, 11);
        await client.SendAsync(Publish(1, Queue, [1]));
        await client.ExpectNothingElseAsync(); // no confirm

        await ConfirmSelectAsync(client, 1);
        await ConfirmSelectAsync(client, 2);
        foreach (var channel in (ushort[])[1, 2, 1])
        {
            await client.SendAsync(Publish(channel, Queue, [2]));
            await client.ExpectAsync(channel, 60, 80);
        }

        Assert.Equal(
            [(1, 0ul), (1, 1ul), (2, 1ul), (1, 2ul)],
            Broker.Received.OfType<BasicPublish>().Select(publish => ((int)publish.Channel, publish.SequenceNumber)));
    }

    [Fact]
    public async Task Confirms_each_publish_by_its_number()
    {
        Broker.Declare(Queue);
        using var client = await OpenAsync(Broker);
        await ConfirmSelectAsync(client);
        await client.SendAsync([.. Publish(1, Queue, [1]), .. Publish(1, Queue, [2])]);
        Assert.Equal([.. LongLong(1), 0], await client.ExpectAsync(1, 60, 80));
        Assert.Equal([.. LongLong(2), 0], await client.ExpectAsync(1, 60, 80));
    }

    [Fact]
    public async Task Returns_what_is_mandatory_and_goes_nowhere_before_it_confirms_it()
    {
        using var client = await OpenAsync(Broker);
        await ConfirmSelectAsync(client);
        await client.SendAsync(Publish(1, "nowhere", [7, 8], mandatory: true));
        Assert.Equal([1, 56, .. ShortString("NO_ROUTE"), .. ShortString(""), .. ShortString("nowhere")], await client.ExpectAsync(1, 60, 50));
        Assert.Equal(ContentHeader(1, 2)[7..^1], (await client.ReadAsync()).Payload);
        Assert.Equal([7, 8], (await client.ReadAsync()).Payload);
        Assert.Equal([.. LongLong(1), 0], await client.ExpectAsync(1, 60, 80));
    }

    [Fact]
    public async Task Confirms_what_goes_nowhere_unless_it_is_mandatory()
    {
        var channel = await OpenChannelAsync();
        await channel.BasicPublishAsync("", "nowhere", mandatory: false, "x"u8.ToArray(), Token);
        await Assert.ThrowsAsync<PublishReturnException>(async () => await channel.BasicPublishAsync("", "nowhere", mandatory: true, "x"u8.ToArray(), Token));
        Assert.Empty(Broker.Unconfirmed);
    }

    [Fact]
    public async Task Closes_the_channel_for_an_exchange_that_is_not_there_and_forgets_what_was_unconfirmed()
    {
        using var client = await OpenAsync(Broker);
        await ConfirmSelectAsync(client);
        await client.SendAsync([.. Frame(RawFrame.Method, 1, [0, 60, 0, 40, 0, 0, .. ShortString("nowhere"), .. ShortString("k"), 0]), .. ContentHeader(1, 0)]);
        var close = await client.ExpectAsync(1, 20, 40);
        Assert.Equal([1, 0x94, .. ShortString("NOT_FOUND - no exchange 'nowhere' in vhost '/'")], close[..^4]);
        Assert.Equal((0, 1), (Broker.Connections[0].Unconfirmed, Broker.Connections[0].MaxUnconfirmed));
        Assert.Empty(Broker.Unconfirmed);
    }

    [Fact]
    public async Task Puts_a_body_together_from_its_frames_and_cuts_it_to_what_was_agreed_on()
    {
        Broker.Declare(Queue);
        using var client = await OpenAsync(Broker, frameMax: 4096);
        byte[] body = [.. Enumerable.Range(0, 9000).Select(i => (byte)i)];
        await client.SendAsync([.. Publish(1, Queue, [])[..^22], .. ContentHeader(1, 9000)]);
        foreach (var part in body.Chunk(1000))
        {
            await client.SendAsync(Frame(RawFrame.Body, 1, part));
        }

        await client.ExpectNothingElseAsync();
        Assert.Equal(body, Assert.Single(Broker.Queue(Queue).Ready).Body.ToArray());

        await client.CallAsync(1, 60, 70, [0, 0, .. ShortString(Queue), 1]);
        await client.ExpectAsync(1, 60, 71);
        Assert.Equal(ContentHeader(1, 9000)[7..^1], (await client.ReadAsync()).Payload);
        byte[][] parts = [(await client.ReadAsync()).Payload, (await client.ReadAsync()).Payload, (await client.ReadAsync()).Payload];
        Assert.Equal([4088, 4088, 824], parts.Select(part => part.Length));
        Assert.Equal(body, parts.SelectMany(part => part));
    }

    [Fact]
    public async Task Records_a_publish_when_the_last_of_it_has_come()
    {
        Broker.Declare(Queue);
        using var client = await OpenAsync(Broker);
        var publish = Publish(1, Queue, [1, 2, 3]);
        await client.SendAsync(publish[..^11]);
        await client.ExpectNothingElseAsync(); // a method in between: the broker is patient
        Assert.Empty(Broker.Received.OfType<BasicPublish>());
        await client.SendAsync(publish[^11..]);
        Assert.Equal([1, 2, 3], (await Broker.ReceivedAsync<BasicPublish>()).Body.ToArray());
    }

    [Fact]
    public async Task Takes_an_empty_body()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        await PublishAsync(channel, "");
        var got = await channel.BasicGetAsync(Queue, autoAck: true, Token);
        Assert.Equal(0, got!.Body.Length);
    }

    [Fact]
    public async Task Keeps_every_property()
    {
        var channel = await OpenChannelAsync(tracksConfirms: false);
        await DeclareAsync(channel);
        var sent = new BasicProperties
        {
            ContentType = "text/plain",
            ContentEncoding = "gzip",
            DeliveryMode = DeliveryModes.Persistent,
            Priority = 9,
            CorrelationId = "c",
            ReplyTo = "r",
            Expiration = "60000",
            MessageId = "m",
            Timestamp = new AmqpTimestamp(1_301_531_152),
            Type = "t",
            UserId = "guest",
            AppId = "a",
        };
        await channel.BasicPublishAsync("e", "k", mandatory: true, sent, "x"u8.ToArray(), Token);

        await Broker.ReceivedAsync<BasicPublish>();
        var seen = Assert.Single(Broker.Queue(Queue).Ready).Properties;
        Assert.Equal(
            new MessageProperties
            {
                ContentType = "text/plain",
                ContentEncoding = "gzip",
                DeliveryMode = 2,
                Priority = 9,
                CorrelationId = "c",
                ReplyTo = "r",
                Expiration = "60000",
                MessageId = "m",
                Timestamp = DateTimeOffset.FromUnixTimeSeconds(1_301_531_152),
                Type = "t",
                UserId = "guest",
                AppId = "a",
            },
            seen);
        var got = (await channel.BasicGetAsync(Queue, autoAck: true, Token))!.BasicProperties;
        Assert.Equal(
            ("text/plain", "gzip", DeliveryModes.Persistent, (byte)9, "c", "r"),
            (got.ContentType, got.ContentEncoding, got.DeliveryMode, got.Priority, got.CorrelationId, got.ReplyTo));
        Assert.Equal(
            ("60000", "m", 1_301_531_152, "t", "guest", "a"),
            (got.Expiration, got.MessageId, got.Timestamp.UnixTime, got.Type, got.UserId, got.AppId));
        Assert.False(got.IsHeadersPresent());
    }

    [Fact]
    public async Task Keeps_headers_of_every_type()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var headers = new Dictionary<string, object?>
        {
            ["nothing"] = null,
            ["bool"] = true,
            ["sbyte"] = (sbyte)-1,
            ["byte"] = (byte)200,
            ["short"] = (short)-300,
            ["ushort"] = (ushort)60_000,
            ["int"] = -70_000,
            ["uint"] = 4_000_000_000u,
            ["long"] = -5_000_000_000L,
            ["float"] = 1.5f,
            ["double"] = -2.25,
            ["decimal"] = -12.34m,
        };
        var more = new Dictionary<string, object?>(headers)
        {
            ["string"] = "größer",
            ["octets"] = new BinaryTableValue([0, 255]),
            ["time"] = new AmqpTimestamp(1_301_531_152),
            ["list"] = new List<object?> { 1, "two", null },
            ["table"] = new Dictionary<string, object?> { ["deep"] = new Dictionary<string, object?> { ["er"] = 3L } },
        };
        await channel.BasicPublishAsync("e", "k", mandatory: true, new BasicProperties { Headers = more }, "x"u8.ToArray(), Token);

        var got = (await channel.BasicGetAsync(Queue, autoAck: true, Token))!.BasicProperties.Headers!;
        Assert.Equal(headers, got.Where(header => headers.ContainsKey(header.Key)).ToDictionary());
        Assert.Equal("größer"u8.ToArray(), got["string"]);
        Assert.Equal([0, 255], Assert.IsType<BinaryTableValue>(got["octets"]).Bytes);
        Assert.Equal(new AmqpTimestamp(1_301_531_152), got["time"]);
        Assert.Equal([1, "two"u8.ToArray(), null], Assert.IsType<List<object?>>(got["list"]));
        Assert.Equal(3L, Assert.IsType<Dictionary<string, object?>>(Assert.IsType<Dictionary<string, object?>>(got["table"])["deep"])["er"]);
        Assert.Equal("größer", Broker.Received.OfType<BasicPublish>().Single().Properties.Headers!["string"]);
    }

    [Fact]
    public async Task Confirms_many_at_once_when_the_script_says_so()
    {
        Broker.WithholdConfirms();
        Broker.Declare(Queue);
        using var client = await OpenAsync(Broker);
        await ConfirmSelectAsync(client);
        await client.SendAsync([.. Publish(1, Queue, [1]), .. Publish(1, Queue, [2]), .. Publish(1, Queue, [3])]);
        await client.ExpectNothingElseAsync();
        Assert.Equal(3, Broker.Queue(Queue).Ready.Count);

        Broker.Unconfirmed[1].Confirm(multiple: true);
        Assert.Equal([.. LongLong(2), 1], await client.ExpectAsync(1, 60, 80));
        var left = Assert.Single(Broker.Unconfirmed);
        left.Nack();
        Assert.Equal([.. LongLong(3), 0], await client.ExpectAsync(1, 60, 120));
        Assert.Empty(Broker.Unconfirmed);
        Assert.Equal((3, 3), (Broker.MaxUnconfirmed, Broker.Connections[0].MaxUnconfirmed));
    }

    [Fact]
    public async Task Confirms_what_was_never_published_and_twice_when_the_script_says_so()
    {
        Broker.Declare(Queue);
        Broker.On<BasicPublish>().Do(publish =>
        {
            (publish with { SequenceNumber = 99 }).Confirm();
            publish.Confirm();
            publish.Confirm();
        });
        using var client = await OpenAsync(Broker);
        await ConfirmSelectAsync(client);
        await client.SendAsync(Publish(1, Queue, [1]));
        foreach (var number in (ulong[])[99, 1, 1])
        {
            Assert.Equal([.. LongLong(number), 0], await client.ExpectAsync(1, 60, 80));
        }

        Assert.Equal(0, Broker.Connections[0].Unconfirmed);
        Assert.Empty(Broker.Queue(Queue).Ready); // nobody said that it is stored
    }

    [Fact]
    public async Task Returns_what_it_could_have_stored_when_the_script_says_so()
    {
        Broker.On<BasicPublish>().Once().Do(publish =>
        {
            publish.Return(313, "NO_CONSUMERS");
            publish.Confirm();
        });
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var exception = await Assert.ThrowsAsync<PublishReturnException>(async () => await PublishAsync(channel, "1"));
        Assert.Equal((313, "NO_CONSUMERS"), (exception.ReplyCode, exception.ReplyText));
        await PublishAsync(channel, "2");
        Assert.Equal("2", Assert.Single(Broker.Queue(Queue).Ready).Text);
    }

    [Fact]
    public async Task Confirms_nothing_of_a_connection_that_is_gone()
    {
        Broker.WithholdConfirms();
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var publishing = PublishAsync(channel, "x").AsTask();
        var publish = await Broker.ReceivedAsync<BasicPublish>();
        publish.Connection.Reset();
        publish.Confirm();
        Assert.Equal(0, publish.Connection.Unconfirmed);
        await Assert.ThrowsAnyAsync<Exception>(() => publishing);
        Assert.Single(Broker.Queue(Queue).Ready); // stored all the same: the client cannot know
    }

    private static async Task ConfirmSelectAsync(RawClient client, ushort channel = 1)
    {
        await client.CallAsync(channel, 85, 10, 0);
        await client.ExpectAsync(channel, 85, 11);
    }
}
