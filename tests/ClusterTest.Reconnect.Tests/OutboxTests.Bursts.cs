using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Producing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>Which messages are held back, and when they are to pass.</summary>
public sealed partial class OutboxTests
{
    [Fact]
    public void Holds_nothing_back_of_a_message_by_itself()
    {
        var channel = Channel();
        Add("a");
        Take(channel, 1);

        Assert.False(channel.Cork.IsHeld);
        Assert.False(_outbox.HasEndedBurst(channel));
    }

    [Fact]
    public void Holds_messages_back_until_the_last_of_those_that_wait()
    {
        var channel = Channel();
        Add("a", "b");
        Take(channel, 1);
        Assert.True(channel.Cork.IsHeld);
        Take(channel, 1);

        Assert.True(_outbox.HasEndedBurst(channel));
    }

    [Fact]
    public void Holds_no_large_message_back()
    {
        var channel = Channel();
        _outbox.Add(new OutgoingContent(new OutgoingMessage { Body = new byte[WriteProgress.Least] }), Token);
        Add("b");
        Assert.NotNull(_outbox.TryTake(channel));

        Assert.False(channel.Cork.IsHeld);
    }

    [Fact]
    public void Lets_messages_pass_on_when_what_waits_is_not_for_their_channel()
    {
        var (one, other) = (Channel(), Channel());
        Assert.Null(TryTake(other)); // it has half of the window now
        Add("a", "b", "c");
        Take(one, 2);
        Assert.Null(TryTake(one));

        Assert.True(one.Cork.IsHeld);
        Assert.True(_outbox.HasEndedBurst(one));
    }

    [Fact]
    public async Task Holds_back_what_a_loop_publishes_that_waited_for_the_window_until_that_is_full()
    {
        var channel = Channel();
        Add("a", "b", "c", "d");
        Take(channel, 4);
        channel.Cork.Release();
        var room = _outbox.WaitForRoomAsync(Token);
        _outbox.Confirm(channel, 2, multiple: true);
        await room;

        Add("e");
        Take(channel, 1);
        Assert.True(channel.Cork.IsHeld);
        Assert.False(_outbox.HasEndedBurst(channel));
        Add("f");
        Take(channel, 1);
        Assert.True(_outbox.HasEndedBurst(channel));
    }

    [Fact]
    public async Task Lets_both_channels_pass_on_when_a_burst_is_over()
    {
        var (one, other) = (Channel(), Channel());
        var outbox = new Outbox(window: 16, Limit, _time, (_, _) => { });
        for (var i = 0; i < 16; i++)
        {
            outbox.Add(Message($"{i}"), Token);
            Assert.NotNull(outbox.TryTake(one));
        }

        var room = outbox.WaitForRoomAsync(Token);
        outbox.Confirm(one, 16, multiple: true);
        await room;
        one.Cork.Release();
        outbox.Add(Message("a"), Token);
        Assert.NotNull(outbox.TryTake(one));
        outbox.Add(Message("b"), Token);
        Assert.NotNull(outbox.TryTake(other));
        Assert.True(one.Cork.IsHeld);
        Assert.True(other.Cork.IsHeld);
        Assert.False(outbox.HasEndedBurst(one));
        var waiting = outbox.WaitForWorkAsync(one, Token).AsTask();
        Assert.False(waiting.IsCompleted);

        _time.Advance(TimeSpan.FromMilliseconds(10)); // then a message says nothing of others
        outbox.Add(Message("c"), Token);
        Assert.NotNull(outbox.TryTake(other));

        Assert.True(await waiting);
        Assert.True(outbox.HasEndedBurst(one));
        Assert.True(outbox.HasEndedBurst(other));
    }

    private static InFlight Channel() => new() { Cork = new WriteCork(static _ => { }) };
}
