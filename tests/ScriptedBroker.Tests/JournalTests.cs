using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>What was seen, in order, and readable while more comes.</summary>
public sealed class JournalTests : ClientTest
{
    [Fact]
    public async Task Has_the_whole_of_a_session_in_order()
    {
        using var client = await OpenAsync(Broker);
        await client.CallAsync(1, 85, 10, 0);
        await client.ExpectAsync(1, 85, 11);
        await client.CallAsync(0, 10, 50, [.. Short(200), .. ShortString(""), 0, 0, 0, 0]);
        await client.ExpectAsync(0, 10, 51);
        Assert.Equal(
            [
                typeof(Accepted),
                typeof(ProtocolHeader),
                typeof(ConnectionStartOk),
                typeof(ConnectionTuneOk),
                typeof(ConnectionOpen),
                typeof(ChannelOpen),
                typeof(ConfirmSelect),
                typeof(ConnectionClose),
            ],
            Broker.Received.Select(method => method.GetType()));
        Assert.Equal(Broker.Received, Broker.Connections[0].Received);
    }

    [Fact]
    public async Task Tells_connections_apart()
    {
        using var first = await OpenAsync(Broker);
        using var second = await OpenAsync(Broker);
        await second.CallAsync(1, 85, 10, 0);
        await second.ExpectAsync(1, 85, 11);
        Assert.Equal([1, 2], Broker.Connections.Select(connection => connection.Number));
        Assert.Empty(Broker.Connections[0].Received.OfType<ConfirmSelect>());
        var select = Assert.Single(Broker.Received.OfType<ConfirmSelect>());
        Assert.Same(Broker.Connections[1], select.Connection);
        Assert.Equal(1, select.Channel);
    }

    [Fact]
    public async Task Dates_what_came_and_never_backwards()
    {
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        await PublishAsync(channel, "x");
        TimeSpan[] times = [.. Broker.Received.Select(method => method.At)];
        Assert.Equal(times.Order(), times);
        Assert.True(times[0] >= Broker.Connections[0].AcceptedAt);
    }

    [Fact]
    public async Task Has_a_line_for_a_method_that_tells_its_arguments_and_no_more()
    {
        using var client = await OpenAsync(Broker);
        await client.CallAsync(1, 60, 10, [.. Long(0), .. Short(7), 0]);
        await client.ExpectAsync(1, 60, 11);
        Assert.Equal("BasicQos { PrefetchSize = 0, PrefetchCount = 7, Global = False }", Assert.Single(Broker.Received.OfType<BasicQos>()).ToString());
    }

    [Fact]
    public async Task Shows_to_one_who_reads_it_what_was_there_when_he_began()
    {
        using var client = await OpenAsync(Broker);
        using var reading = Broker.Received.GetEnumerator();
        Assert.True(reading.MoveNext());
        var count = Broker.Received.Count;
        for (var i = 0; i < 40; i++)
        {
            await client.ExpectNothingElseAsync(); // a method of its own
        }

        var read = 1;
        while (reading.MoveNext())
        {
            read++;
        }

        Assert.Equal(count, read);
        Assert.Equal(count + 40, Broker.Received.Count);
        Assert.IsType<ChannelFlow>(Broker.Received[^1]);
        Assert.IsType<Accepted>(Broker.Received[0]);
    }

    [Fact]
    public async Task Is_read_and_written_at_a_time()
    {
        using var first = await OpenAsync(Broker);
        using var second = await OpenAsync(Broker);
        using var done = new CancellationTokenSource();
        var reading = Task.Run(
            () =>
            {
                var most = 0;
                while (!done.IsCancellationRequested)
                {
                    var seen = Broker.Received.ToArray();
                    Assert.All(seen, Assert.NotNull);
                    Assert.True(seen.Length >= most);
                    most = seen.Length;
                }
            },
            Token);
        await Task.WhenAll(TalkAsync(first), TalkAsync(second));
        await done.CancelAsync();
        await reading;
        Assert.Equal(1000, Broker.Received.OfType<ChannelFlow>().Count());

        static async Task TalkAsync(RawClient client)
        {
            for (var i = 0; i < 500; i++)
            {
                await client.ExpectNothingElseAsync();
            }
        }
    }

    [Fact]
    public async Task Finds_what_has_come_already_and_what_is_to_come()
    {
        using var client = await OpenAsync(Broker);
        Assert.Equal(1, (await Broker.ReceivedAsync<ChannelOpen>()).Channel);
        var third = Broker.ReceivedAsync<ChannelOpen>(count: 3);
        await client.CallAsync(2, 20, 10, ShortString(""));
        await client.ExpectAsync(2, 20, 11);
        Assert.False(third.IsCompleted);
        await client.CallAsync(3, 20, 10, ShortString(""));
        Assert.Equal(3, (await third).Channel);
        Assert.Equal(2, (await Broker.ReceivedAsync<ChannelOpen>(open => open.Channel == 2)).Channel);
    }
}
