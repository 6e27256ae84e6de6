using System.Text;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;
using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>From the first octet to the last of a connection.</summary>
public sealed class HandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Greets_as_version_0_9_and_offers_what_RabbitMQ_offers()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await ConnectAsync(broker);
        await client.SendAsync(Preamble);
        var start = await client.ExpectAsync(0, 10, 10);
        Assert.Equal([0, 9], start[..2]);
        Assert.Equal([.. LongString("PLAIN AMQPLAIN"), .. LongString("en_US")], start[^27..]);
        var properties = Encoding.ASCII.GetString(start[2..^27]);
        Assert.Contains("product" + "S\0\0\0\bRabbitMQ", properties, StringComparison.Ordinal);
        Assert.Contains("publisher_confirms" + "t\x1", properties, StringComparison.Ordinal);
        Assert.Contains("connection.blocked" + "t\x1", properties, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offers_the_mechanisms_that_it_was_given()
    {
        await using var broker = ScriptedBroker.Start(new() { Mechanisms = "EXTERNAL" });
        using var client = await ConnectAsync(broker);
        await client.SendAsync(Preamble);
        var start = await client.ExpectAsync(0, 10, 10);
        Assert.Equal([.. LongString("EXTERNAL"), .. LongString("en_US")], start[^21..]);
    }

    [Fact]
    public async Task Proposes_the_limits_that_it_was_given()
    {
        await using var broker = ScriptedBroker.Start(new() { ChannelMax = 7, FrameMax = 8192, Heartbeat = TimeSpan.FromSeconds(300) });
        using var client = await ConnectAsync(broker);
        await client.SendAsync(Preamble);
        await client.ExpectAsync(0, 10, 10);
        await client.CallAsync(0, 10, 11, StartOk);
        Assert.Equal([0, 7, 0, 0, 0x20, 0, 1, 44], await client.ExpectAsync(0, 10, 30));
    }

    [Fact]
    public async Task Answers_another_protocol_with_its_own_header_and_ends()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await ConnectAsync(broker);
        await client.SendAsync([.. "AMQP"u8, 3, 1, 0, 0]);
        Assert.Equal(Preamble, await client.ReadOctetsAsync(8));
        await client.ExpectEndAsync();
        Assert.Equal([.. "AMQP"u8, 3, 1, 0, 0], broker.Received.OfType<ProtocolHeader>().Single().Octets.ToArray());
    }

    [Fact]
    public async Task Is_open_from_open_ok_on_and_no_sooner()
    {
        await using var broker = ScriptedBroker.Start();
        var withheld = broker.On<ConnectionOpen>().Withhold();
        using var client = await ConnectAsync(broker);
        await client.SendAsync(Preamble);
        await client.ExpectAsync(0, 10, 10);
        await client.CallAsync(0, 10, 11, StartOk);
        await client.ExpectAsync(0, 10, 30);
        await client.CallAsync(0, 10, 31, [.. Short(2047), .. Long(4096), .. Short(30)]);
        await client.CallAsync(0, 10, 40, [.. ShortString("other"), .. ShortString(""), 0]);
        await broker.ReceivedAsync<ConnectionOpen>();
        Assert.Empty(broker.OpenConnections);

        withheld.Release();
        await client.ExpectAsync(0, 10, 41);
        var connection = Assert.Single(broker.OpenConnections);
        Assert.Equal((true, "other", TimeSpan.FromSeconds(30)), (connection.IsOpen, connection.VirtualHost, connection.Heartbeat));
    }

    [Fact]
    public async Task Tells_what_a_client_said_of_itself_and_how_it_logged_in()
    {
        await using var broker = ScriptedBroker.Start();
        var factory = new ConnectionFactory
        {
            Uri = new Uri($"amqp://user:secret@{ScriptedBroker.Host}:{broker.Port}/test"),
            ClientProvidedName = "my client",
            AutomaticRecoveryEnabled = false,
            RequestedHeartbeat = TimeSpan.FromSeconds(20),
        };
        await using var connection = await factory.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);

        var start = Assert.Single(broker.Received.OfType<ConnectionStartOk>());
        Assert.Equal(("PLAIN", "\0user\0secret"), (start.Mechanism, start.Response));
        Assert.Equal("my client", start.ClientProperties["connection_name"]);
        Assert.Equal(true, Assert.IsType<Dictionary<string, object?>>(start.ClientProperties["capabilities"])["basic.nack"]);
        Assert.Equal(("test", TimeSpan.FromSeconds(20)), (broker.Connections[0].VirtualHost, broker.Connections[0].Heartbeat));
        Assert.Equal(1, Assert.Single(broker.Received.OfType<ChannelOpen>()).Channel);
    }

    [Fact]
    public async Task Answers_close_and_ends_the_stream()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await client.CallAsync(0, 10, 50, [.. Short(200), .. ShortString("bye"), 0, 0, 0, 0]);
        await client.ExpectAsync(0, 10, 51);
        await client.ExpectEndAsync();
        var close = Assert.Single(broker.Received.OfType<ConnectionClose>());
        Assert.Equal((200, "bye"), (close.ReplyCode, close.ReplyText));
        Assert.NotNull(broker.Connections[0].EndedAt);
    }

    [Fact]
    public async Task Hears_nothing_but_close_ok_once_it_has_closed()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        broker.Connections[0].Close(320, "CONNECTION_FORCED - shutdown");
        Assert.Equal([1, 64, .. ShortString("CONNECTION_FORCED - shutdown"), 0, 0, 0, 0], await client.ExpectAsync(0, 10, 50));

        await client.CallAsync(2, 20, 10, ShortString(""));
        await client.CallAsync(0, 10, 51);
        await client.ExpectEndAsync(); // and no channel.open-ok before
        Assert.Equal([1, 2], broker.Received.OfType<ChannelOpen>().Select(open => (int)open.Channel));
    }

    [Fact]
    public async Task Takes_a_client_that_leaves_within_the_header_for_gone()
    {
        await using var broker = ScriptedBroker.Start();
        using (var client = await ConnectAsync(broker))
        {
            await client.SendAsync(Preamble[..5]);
        }

        await broker.WaitForAsync(broker => broker.Connections is [{ EndedAt: not null }]);
        Assert.Empty(broker.Received.OfType<ProtocolHeader>());
    }

    [Fact]
    public async Task Closes_the_connection_when_a_channel_was_not_opened()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await LogInAsync(broker);
        await client.CallAsync(5, 85, 10, 0);
        var close = await client.ExpectAsync(0, 10, 50);
        Assert.Equal([1, 0xf8, .. ShortString("CHANNEL_ERROR - expected 'channel.open' on channel 5")], close[..^4]);
    }

    [Fact]
    public async Task Closes_the_connection_when_a_channel_is_opened_twice()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await client.CallAsync(1, 20, 10, ShortString(""));
        var close = await client.ExpectAsync(0, 10, 50);
        Assert.Equal([1, 0xf8, .. ShortString("CHANNEL_ERROR - second 'channel.open' seen")], close[..^4]);
    }

    [Fact]
    public async Task Opens_a_channel_again_after_either_side_closed_it()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await client.CallAsync(1, 20, 40, [.. Short(200), .. ShortString(""), 0, 0, 0, 0]);
        await client.ExpectAsync(1, 20, 41);
        await client.CallAsync(1, 20, 10, ShortString(""));
        await client.ExpectAsync(1, 20, 11);

        broker.Connections[0].CloseChannel(1, 406, "PRECONDITION_FAILED");
        await client.ExpectAsync(1, 20, 40);
        await client.CallAsync(1, 20, 41);
        await client.CallAsync(1, 20, 10, ShortString(""));
        await client.ExpectAsync(1, 20, 11);
        await client.ExpectNothingElseAsync();
    }

    [Fact]
    public async Task Refuses_a_frame_beyond_what_was_agreed_on()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker, frameMax: 4096);
        await client.SendAsync(Frame(RawFrame.Method, 1, new byte[4088]));
        var close = await client.ExpectAsync(0, 10, 50); // 540, of class and method 0: the length itself is allowed
        Assert.Equal(540, (close[0] << 8) | close[1]);

        using var second = await OpenAsync(broker, frameMax: 4096);
        await second.SendAsync(Frame(RawFrame.Method, 1, new byte[4089]));
        close = await second.ExpectAsync(0, 10, 50);
        Assert.Equal(501, (close[0] << 8) | close[1]);
        Assert.Contains("frame_too_large,4089,4088", Encoding.ASCII.GetString(close), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beats_twice_an_interval_by_the_clock_that_it_was_given()
    {
        var clock = new FakeTimeProvider();
        await using var broker = ScriptedBroker.Start(new() { TimeProvider = clock });
        using var client = await OpenAsync(broker, heartbeat: 10);
        clock.Advance(TimeSpan.FromSeconds(4.9));
        await client.ExpectNothingElseAsync();

        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal([RawFrame.Heartbeat, 0, 0, 0, 0, 0, 0, 0xCE], await client.ReadOctetsAsync(8));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(RawFrame.Heartbeat, (await client.ReadAsync()).Type);
        await client.ExpectNothingElseAsync();
    }

    [Fact]
    public async Task Beats_never_when_no_heartbeat_was_agreed_on()
    {
        var clock = new FakeTimeProvider();
        await using var broker = ScriptedBroker.Start(new() { TimeProvider = clock });
        using var client = await OpenAsync(broker, heartbeat: 0);
        clock.Advance(TimeSpan.FromHours(1));
        await client.ExpectNothingElseAsync();
    }

    [Fact]
    public async Task Is_silent_while_it_is_frozen_heartbeats_included()
    {
        var clock = new FakeTimeProvider();
        await using var broker = ScriptedBroker.Start(new() { TimeProvider = clock });
        using var client = await OpenAsync(broker, heartbeat: 10);
        broker.Connections[0].StopWriting();
        clock.Advance(TimeSpan.FromMinutes(1));
        broker.Connections[0].ResumeWriting();
        await client.ExpectNothingElseAsync();

        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(RawFrame.Heartbeat, (await client.ReadAsync()).Type);
    }

    [Fact]
    public async Task Counts_the_heartbeats_of_a_client()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await OpenAsync(broker);
        await client.SendAsync([.. Frame(RawFrame.Heartbeat, 0, []), .. Frame(RawFrame.Heartbeat, 0, [])]);
        await client.ExpectNothingElseAsync();
        Assert.Equal(2, broker.Connections[0].HeartbeatsReceived);
    }

    [Fact]
    public async Task Reads_what_comes_an_octet_at_a_time()
    {
        await using var broker = ScriptedBroker.Start();
        using var client = await ConnectAsync(broker);
        foreach (var octet in (byte[])[.. Preamble, .. Frame(RawFrame.Method, 0, [0, 10, 0, 11, .. StartOk])])
        {
            await client.SendAsync([octet]);
        }

        await client.ExpectAsync(0, 10, 10);
        await client.ExpectAsync(0, 10, 30);
    }
}
