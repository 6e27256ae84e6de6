using System.Net.Sockets;
using RabbitMQ.Client.Exceptions;
using ScriptedAmqp.Tests.Support;
using Xunit;
using static ScriptedAmqp.Tests.Support.RawClient;

namespace ScriptedAmqp.Tests;

/// <summary>What a line of a script does, how often, and what the next line then does.</summary>
public sealed class RuleTests : ClientTest
{
    [Fact]
    public async Task Uses_up_one_line_before_the_next()
    {
        var first = Broker.On<QueueDeclare>().Times(2).CloseChannel(404, "first");
        var second = Broker.On<QueueDeclare>().Once().CloseChannel(405, "second");
        Assert.Equal((int[])[404, 404, 405, 0], await DeclareAsync(Queue, Queue, Queue, Queue));
        Assert.Equal((2, 1), (first.Hits, second.Hits));
    }

    [Fact]
    public async Task Skips_as_many_as_it_is_told_and_then_acts_at_every_one()
    {
        var rule = Broker.On<QueueDeclare>().Skip(2).CloseChannel(404, "x");
        Assert.Equal((int[])[0, 0, 404, 404], await DeclareAsync(Queue, Queue, Queue, Queue));
        Assert.Equal(2, rule.Hits);
    }

    [Fact]
    public async Task Acts_on_what_it_is_about_alone()
    {
        Broker.On<QueueDeclare>(declare => declare.Queue == "bad").CloseChannel(404, "x");
        Broker.On<ExchangeDeclare>().CloseChannel(405, "y");
        Assert.Equal((int[])[0, 404, 0], await DeclareAsync("good", "bad", "good"));
    }

    [Fact]
    public async Task Acts_no_more_once_it_is_removed()
    {
        var rule = Broker.On<QueueDeclare>().CloseChannel(404, "x");
        Assert.Equal((int[])[404], await DeclareAsync(Queue));
        rule.Remove();
        Assert.Equal((int[])[0], await DeclareAsync(Queue));
        Assert.Equal(1, rule.Hits);
    }

    [Fact]
    public async Task Keeps_withheld_what_it_withheld_when_it_is_removed_and_executes_it_in_order_when_it_is_released()
    {
        Broker.Declare(Queue);
        using var client = await OpenAsync(Broker);
        var rule = Broker.On<BasicPublish>().Withhold();
        await client.SendAsync([.. Publish(1, Queue, [1]), .. Publish(1, Queue, [2])]);
        await client.ExpectNothingElseAsync();
        Assert.Empty(Broker.Queue(Queue).Ready);

        rule.Remove();
        await client.SendAsync(Publish(1, Queue, [3]));
        await client.ExpectNothingElseAsync();
        Assert.Equal([3], Assert.Single(Broker.Queue(Queue).Ready).Body.ToArray());

        rule.Release();
        Assert.Equal((byte[])[3, 1, 2], Broker.Queue(Queue).Ready.Select(message => message.Body.Span[0]));
        rule.Release();
        Assert.Equal(3, Broker.Queue(Queue).Ready.Count); // once
    }

    [Fact]
    public async Task Answers_a_withheld_method_no_more_once_its_channel_is_gone()
    {
        using var client = await OpenAsync(Broker);
        var rule = Broker.On<QueueDeclare>().Withhold();
        await client.CallAsync(1, 50, 10, [0, 0, .. ShortString(Queue), 2, 0, 0, 0, 0]);
        await client.CallAsync(1, 20, 40, [.. Short(200), .. ShortString(""), 0, 0, 0, 0]);
        await client.ExpectAsync(1, 20, 41);
        await client.CallAsync(1, 20, 10, ShortString(""));
        await client.ExpectAsync(1, 20, 11);
        rule.Release();
        await client.ExpectNothingElseAsync(); // the channel has the number, and is another
    }

    [Fact]
    public async Task Acts_after_the_answer_when_it_is_told_to()
    {
        using var client = await OpenAsync(Broker);
        Broker.After<QueueDeclare>().Once().CloseConnection(320, "CONNECTION_FORCED");
        await client.CallAsync(1, 50, 10, [0, 0, .. ShortString(Queue), 2, 0, 0, 0, 0]);
        Assert.Equal((byte[])[.. ShortString(Queue), .. Long(0), .. Long(0)], await client.ExpectAsync(1, 50, 11));
        Assert.Equal([1, 64, .. ShortString("CONNECTION_FORCED"), 0, 0, 0, 0], await client.ExpectAsync(0, 10, 50));
    }

    [Fact]
    public async Task Names_the_method_for_which_it_closes_a_channel()
    {
        using var client = await OpenAsync(Broker);
        Broker.On<QueueDeclare>().CloseChannel(406, "PRECONDITION_FAILED");
        await client.CallAsync(1, 50, 10, [0, 0, .. ShortString(Queue), 2, 0, 0, 0, 0]);
        Assert.Equal([1, 0x96, .. ShortString("PRECONDITION_FAILED"), 0, 50, 0, 10], await client.ExpectAsync(1, 20, 40));
    }

    [Fact]
    public async Task Closes_a_channel_for_a_publish_and_the_client_learns_why()
    {
        Broker.On<BasicPublish>().Once().CloseChannel(406, "PRECONDITION_FAILED - message size 9 is larger than configured max size 8");
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        await Assert.ThrowsAnyAsync<Exception>(async () => await PublishAsync(channel, "too large"));
        Assert.Equal((406, 60, 40), (channel.CloseReason!.ReplyCode, channel.CloseReason.ClassId, channel.CloseReason.MethodId));
        Assert.True(Connections[0].IsOpen);
        Assert.Empty(Broker.Queue(Queue).Ready);
    }

    [Fact]
    public async Task Closes_a_connection_in_place_of_an_answer()
    {
        Broker.On<BasicConsume>().Once().CloseConnection(541, "INTERNAL_ERROR");
        Broker.Declare(Queue);
        var channel = await OpenChannelAsync();
        var exception = await Assert.ThrowsAnyAsync<OperationInterruptedException>(() => ConsumeAsync(channel, prefetch: 1));
        Assert.Equal((541, "INTERNAL_ERROR"), (exception.ShutdownReason!.ReplyCode, exception.ShutdownReason.ReplyText));
        await Broker.WaitForAsync(broker => broker.Connections[0].EndedAt is not null);
        Assert.Empty(Broker.OpenConnections);
    }

    [Fact]
    public async Task Freezes_a_connection_and_leaves_the_others_alone()
    {
        var rule = Broker.On<QueueDeclare>().Once().Freeze();
        using var frozen = await OpenAsync(Broker);
        using var other = await OpenAsync(Broker);
        await frozen.CallAsync(1, 50, 10, [0, 0, .. ShortString(Queue), 2, 0, 0, 0, 0]);
        await Broker.WaitForAsync(_ => rule.Hits == 1);
        await frozen.CallAsync(1, 85, 10, 0);
        await other.ExpectNothingElseAsync();
        Assert.Empty(Broker.Received.OfType<ConfirmSelect>());

        Broker.Connections[0].Thaw();
        await frozen.ExpectAsync(1, 85, 11); // what the line stood for stays unanswered
        Assert.True(Broker.Connections[0].IsOpen);
    }

    [Fact]
    public async Task Ends_a_stream_after_what_it_said()
    {
        using var client = await OpenAsync(Broker);
        Broker.After<ConfirmSelect>().Disconnect();
        await client.CallAsync(1, 85, 10, 0);
        await client.ExpectAsync(1, 85, 11);
        await client.ExpectEndAsync();
    }

    [Fact]
    public async Task Resets_a_connection()
    {
        using var client = await OpenAsync(Broker);
        Broker.On<ConfirmSelect>().Reset();
        await client.CallAsync(1, 85, 10, 0);
        var exception = await Assert.ThrowsAsync<SocketException>(client.ExpectEndAsync);
        Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        Assert.NotNull(Broker.Connections[0].EndedAt);
    }

    [Fact]
    public async Task Sends_octets_of_any_kind_in_place_of_an_answer()
    {
        using var client = await OpenAsync(Broker);
        Broker.On<ConfirmSelect>().Once().Send([1, 2, 3]);
        await client.CallAsync(1, 85, 10, 0);
        Assert.Equal([1, 2, 3], await client.ReadOctetsAsync(3));
        await client.ExpectNothingElseAsync();
    }

    [Fact]
    public async Task Acts_on_nothing_that_belongs_to_a_channel_that_is_closed()
    {
        using var client = await OpenAsync(Broker);
        var rule = Broker.On<ConfirmSelect>().Do(_ => { });
        Broker.Connections[0].CloseChannel(1, 404, "x");
        await client.ExpectAsync(1, 20, 40);
        await client.CallAsync(1, 85, 10, 0);
        await Broker.ReceivedAsync<ConfirmSelect>();
        Assert.Equal(0, rule.Hits);
    }

    [Fact]
    public async Task Counts_what_happens_to_one_of_several_connections()
    {
        Broker.On<ChannelOpen>(open => open.Connection.Number == 2).Once().Disconnect();
        await OpenChannelAsync();
        await Assert.ThrowsAnyAsync<OperationInterruptedException>(OpenChannelAsync);
        await OpenChannelAsync();
        Assert.Equal([1, 3], Broker.OpenConnections.Select(connection => connection.Number));
    }

    [Fact]
    public async Task Confirms_when_the_test_says_so_and_not_sooner()
    {
        var withheld = Broker.WithholdConfirms();
        var channel = await OpenChannelAsync();
        await DeclareAsync(channel);
        var publishing = PublishAsync(channel, "x").AsTask();
        await Broker.WaitForAsync(broker => broker.Unconfirmed.Count == 1);
        Assert.Equal("x", Assert.Single(Broker.Queue(Queue).Ready).Text);
        Assert.False(publishing.IsCompleted);

        withheld.Remove();
        await PublishAsync(channel, "y"); // confirmed as ever; the first still is not
        Assert.False(publishing.IsCompleted);
        Assert.Single(Broker.Unconfirmed).Confirm();
        await publishing;
    }

    /// <summary>Declares each on a channel of its own.</summary>
    /// <returns>For each the code with which the channel was closed, or 0.</returns>
    private async Task<List<int>> DeclareAsync(params string[] queues)
    {
        var codes = new List<int>();
        foreach (var queue in queues)
        {
            var channel = await OpenChannelAsync();
            try
            {
                await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
                codes.Add(0);
            }
            catch (OperationInterruptedException closed)
            {
                codes.Add(closed.ShutdownReason!.ReplyCode);
            }
        }

        return codes;
    }
}
