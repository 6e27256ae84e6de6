using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Tests.Support;
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

    [Theory]
    [InlineData(8, false)] // not worth it
    [InlineData(9, true)]
    public void Holds_messages_back_until_the_last_of_those_that_wait(int count, bool holds)
    {
        var channel = Channel();
        var outbox = Filled(count);
        Assert.NotNull(outbox.TryTake(channel));
        Assert.Equal(holds, channel.Cork.IsHeld);
        while (outbox.TryTake(channel) is not null)
        {
            Assert.Equal(holds, channel.Cork.IsHeld);
        }

        Assert.Equal(holds, outbox.HasEndedBurst(channel));
    }

    [Fact]
    public void Holds_no_large_message_back()
    {
        var channel = Channel();
        var outbox = Filled(0);
        outbox.Add(new OutgoingContent(new OutgoingMessage { Body = new byte[WriteProgress.Least] }), Token);
        for (var i = 0; i < 10; i++)
        {
            outbox.Add(Message($"{i}"), Token);
        }

        Assert.NotNull(outbox.TryTake(channel));
        Assert.False(channel.Cork.IsHeld);
        Assert.NotNull(outbox.TryTake(channel));
        Assert.True(channel.Cork.IsHeld); // a small one, and nine wait behind it
    }

    [Fact]
    public void Lets_messages_pass_on_when_what_waits_is_not_for_their_channel()
    {
        var (one, other) = (Channel(), Channel());
        var outbox = Filled(0);
        Assert.Null(outbox.TryTake(other)); // it has half of the window now
        for (var i = 0; i < 16; i++)
        {
            outbox.Add(Message($"{i}"), Token);
        }

        for (var i = 0; i < 8; i++)
        {
            Assert.NotNull(outbox.TryTake(one));
        }

        Assert.Null(outbox.TryTake(one));
        Assert.True(one.Cork.IsHeld);
        Assert.True(outbox.HasEndedBurst(one));
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

    [Fact]
    public async Task Holds_nothing_back_after_messages_were_held_back_in_vain()
    {
        var channel = Channel();
        var outbox = new Outbox(window: 16, Limit, _time, (_, _) => { });
        for (var i = 0; i < 16; i++)
        {
            outbox.Add(Message($"{i}"), Token);
            outbox.TryTake(channel);
        }

        var room = outbox.WaitForRoomAsync(Token);
        outbox.Confirm(channel, 16, multiple: true);
        await room;
        channel.Cork.Release();
        outbox.Add(Message("a"), Token);
        outbox.TryTake(channel);
        Assert.True(channel.Cork.IsHeld);
        channel.Cork.Watch();
        channel.Cork.Watch();
        await Eventually.TrueAsync(() => !channel.Cork.IsHeld);

        outbox.Add(Message("b"), Token);
        outbox.TryTake(channel);

        Assert.False(channel.Cork.IsHeld);
    }

    private Outbox Filled(int count)
    {
        var outbox = new Outbox(window: 16, Limit, _time, (_, _) => { });
        for (var i = 0; i < count; i++)
        {
            outbox.Add(Message($"{i}"), Token);
        }

        return outbox;
    }

    private static InFlight Channel() => new() { Cork = new WriteCork { Watcher = static _ => { } } };
}
