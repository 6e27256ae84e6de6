using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Internal.Producing;
using ClusterTest.Reconnect.Internal.Sessions;
using Xunit;
using static ClusterTest.Reconnect.PublishOutcome;

namespace ClusterTest.Reconnect.Tests;

/// <summary>What a channel may have of the window, and what becomes of what the broker does not take.</summary>
public sealed partial class OutboxTests
{
    [Fact]
    public async Task Wakes_a_loop_that_publishes_for_many_places_together()
    {
        const int window = 64;
        var outbox = new Outbox(window, Limit, _time, (_, _) => { });
        var channel = new InFlight();
        for (var i = 0; i < window; i++)
        {
            outbox.Add(Message($"{i}"), Token);
            outbox.TryTake(channel);
        }

        var room = outbox.WaitForRoomAsync(Token);
        for (var i = 1; i < window / 8; i++)
        {
            outbox.Confirm(channel, (ulong)i, multiple: false);
        }

        Assert.False(room.IsCompleted);
        Assert.True(outbox.WaitForRoomAsync(Token).IsCompletedSuccessfully); // whoever asks now need not wait
        outbox.Confirm(channel, window / 8, multiple: false);
        await room;
    }

    [Fact]
    public async Task Wakes_a_loop_that_publishes_soon_when_most_of_the_window_is_stuck()
    {
        const int window = 64;
        var outbox = new Outbox(window, Limit, _time, (_, _) => { });
        var channel = new InFlight();
        for (var i = 0; i < window; i++)
        {
            outbox.Add(Message($"{i}"), Token);
            outbox.TryTake(channel);
        }

        var room = outbox.WaitForRoomAsync(Token);
        outbox.Confirm(channel, 1, multiple: false);
        outbox.Tick();
        await room;
    }

    [Fact]
    public async Task Wakes_a_loop_that_publishes_while_the_other_channel_still_has_most_of_its_share_though_one_hangs()
    {
        const int window = 1024;
        var outbox = new Outbox(window, Limit, _time, (_, _) => { });
        var (hung, healthy) = (new InFlight(), new InFlight());
        outbox.TryTake(hung);
        outbox.TryTake(healthy);
        for (var i = 0; i < window; i++)
        {
            outbox.Add(Message($"{i}"), Token);
            Assert.NotNull(outbox.TryTake(i % 2 == 0 ? hung : healthy));
        }

        for (var sequence = 1UL; sequence <= 10 * window;)
        {
            var room = outbox.WaitForRoomAsync(Token);
            var freed = 0;
            for (; freed < window / 8; freed++)
            {
                Assert.False(room.IsCompleted);
                outbox.Confirm(healthy, sequence++, multiple: false);
            }

            await room;
            Assert.Equal((window / 2) - freed, healthy.Count); // three quarters of its share
            for (; freed > 0; freed--)
            {
                outbox.Add(Message("next"), Token);
                Assert.NotNull(outbox.TryTake(healthy));
            }
        }

        Assert.Equal(window / 2, hung.Count);
    }

    [Fact]
    public async Task Wakes_one_of_several_idle_channels_for_a_message_and_the_next_if_that_one_cannot_write()
    {
        var (one, other) = (new InFlight(), new InFlight());
        var idle = new[] { _outbox.WaitForWorkAsync(one, Token).AsTask(), _outbox.WaitForWorkAsync(other, Token).AsTask() };
        Add("a");
        Assert.True(idle[0].IsCompletedSuccessfully); // in the call
        Assert.False(idle[1].IsCompleted);
        _outbox.PassOn();
        Assert.True(await idle[1]);
    }

    [Fact]
    public async Task Republishes_what_was_nacked_after_a_while_on_the_same_channel_and_keeps_its_place_meanwhile()
    {
        var channel = new InFlight();
        var results = Add("a", "b", "c", "d", "e");
        Take(channel, 3);
        _outbox.Nack(channel, 2, multiple: true);
        Assert.DoesNotContain(results, result => result.IsCompleted);
        Assert.Equal(["d"], Take(channel, 1));
        Assert.Null(TryTake(channel)); // "a" and "b" still have their places, and their time has not come
        _time.Advance(Backoff.Cap);
        _outbox.Tick();
        Assert.Equal(["a", "b"], Take(channel, 2));
        _outbox.Confirm(channel, 6, multiple: true);
        Assert.All(await Task.WhenAll(results[..4]), result => Assert.True(result.IsConfirmed));
        Assert.Equal(2, _outbox.Statistics.Nacked);
    }

    [Fact]
    public async Task Says_what_the_broker_has_against_a_message_and_that_it_may_be_in_a_queue_if_an_attempt_was_lost()
    {
        var (channel, lost) = (new InFlight(), new InFlight());
        var results = Add("nacked", "lost, then nacked");
        Take(lost, 2);
        _outbox.Nack(lost, 1, multiple: false);
        _outbox.Lose(lost);
        _time.Advance(Backoff.Cap);
        _outbox.Tick();
        Take(channel, 2);
        _outbox.Nack(channel, 2, multiple: true);
        Expire();
        Assert.Equal([Nacked, Unknown], (await Task.WhenAll(results)).Select(result => result.Outcome));
        Assert.Contains("nack", (await results[0]).Reason, StringComparison.Ordinal);
        _outbox.Close(channel);
        Assert.Equal(["x", "y", "z", "0"], Take(new InFlight(), Add("x", "y", "z", "0").Count)); // their places are free
    }

    [Fact]
    public async Task A_channel_has_its_share_of_the_window_and_no_more_once_others_are_ahead()
    {
        // Field lesson 32.
        var (slow, fast) = (new InFlight(), new InFlight());
        Add("a", "b", "c", "d", "e", "f");
        Assert.Equal("a", TryTake(slow));
        Assert.Equal("b", TryTake(fast));
        Assert.Equal("c", TryTake(slow));
        Assert.Null(TryTake(slow)); // half of four
        _outbox.Confirm(slow, 2, multiple: false);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("d", TryTake(fast));
        Assert.Equal("e", TryTake(slow)); // nobody is ahead yet
        _outbox.Confirm(slow, 2, multiple: false);
        _outbox.Confirm(fast, 2, multiple: false);
        Assert.Equal("f", TryTake(fast));
        _outbox.Confirm(fast, 3, multiple: false);
        Add("g");
        _outbox.Confirm(slow, 3, multiple: false);
        Add("h");
        Assert.Equal("g", TryTake(slow)); // it confirmed what is as young
        await Task.CompletedTask;
    }

    [Fact]
    public void A_channel_that_confirms_nothing_while_others_do_gets_nothing_more()
    {
        // Field lesson 32.
        var (hung, fast) = (new InFlight(), new InFlight());
        Add("a", "b", "c");
        Assert.Equal(["a"], Take(hung, 1));
        Assert.Equal(["b"], Take(fast, 1));
        _time.Advance(TimeSpan.FromSeconds(1));
        _outbox.Confirm(fast, 1, multiple: false);
        Assert.Equal(["c"], Take(fast, 1));
        Add("d");
        _outbox.Confirm(fast, 2, multiple: false);
        Assert.Null(TryTake(hung));
        _outbox.Close(fast);
        Assert.Equal("d", TryTake(hung)); // there is nobody else
    }

    [Fact]
    public void Bounds_what_is_unconfirmed_in_bytes_and_lets_a_larger_message_pass_alone()
    {
        // Field lesson 33.
        var outbox = new Outbox(100, Limit, _time, (_, _) => { }, windowBytes: 1000);
        var (one, other) = (new InFlight(), new InFlight());
        foreach (var (id, size) in new[] { ("a", 300), ("b", 300), ("c", 300), ("large", 5000), ("d", 10) })
        {
            outbox.Add(new OutgoingContent(new OutgoingMessage { Body = new byte[size], MessageId = id }), Token);
        }

        Assert.Equal("a", outbox.TryTake(one)?.MessageId);
        Assert.Equal("b", outbox.TryTake(one)?.MessageId);
        Assert.Null(outbox.TryTake(one)); // "c" does not fit: properties count, too
        outbox.Confirm(one, 2, multiple: true);
        Assert.Equal("c", outbox.TryTake(one)?.MessageId);
        Assert.Null(outbox.TryTake(other)); // the order holds: nothing passes the large one
        outbox.Confirm(one, 3, multiple: false);
        Assert.Equal("large", outbox.TryTake(other)?.MessageId);
        Assert.Null(outbox.TryTake(one));
        Assert.False(outbox.WaitForRoomAsync(Token).IsCompleted);
        outbox.Confirm(other, 1, multiple: false);
        Assert.Equal("d", outbox.TryTake(one)?.MessageId);
        Assert.True(outbox.WaitForRoomAsync(Token).IsCompleted);
    }

    [Fact]
    public async Task A_message_that_was_not_written_leaves_its_number_to_the_next()
    {
        // Field lesson 34.
        var channel = new InFlight();
        var results = Add("a", "b", "c");
        Take(channel, 1);
        var withdrawn = _outbox.TryTake(channel)!;
        _outbox.Withdraw(channel, withdrawn, "too large");
        _outbox.Withdraw(channel, withdrawn, "too large");
        Assert.Equal((Refused, "too large"), ((await results[1]).Outcome, (await results[1]).Reason));
        Take(channel, 1);
        _outbox.Confirm(channel, 2, multiple: false);
        Assert.Equal((false, true), (results[0].IsCompleted, results[2].IsCompleted));
        Assert.Equal(1, _outbox.Statistics.InFlight);
    }

    [Fact]
    public async Task Of_many_that_the_broker_may_mean_each_is_written_alone_until_it_is_found()
    {
        // Field lesson 34.
        var (first, second, third) = (new InFlight(), new InFlight(), new InFlight());
        var results = Add("a", "bad", "c");
        Take(first, 3);
        _outbox.Blame(first, null, "no");
        _outbox.Lose(first);
        Assert.Equal(["a"], Take(second, 1));
        Assert.Null(TryTake(second));
        _outbox.Confirm(second, 1, multiple: false);
        Assert.Equal(["bad"], Take(second, 1));
        Assert.Null(TryTake(second));
        _outbox.Blame(second, null, "no");
        _outbox.Lose(second);
        Assert.Equal((Refused, "no"), ((await results[1]).Outcome, (await results[1]).Reason));
        Assert.Equal(["c"], Take(third, 1));
        _outbox.Confirm(third, 1, multiple: false);
        Add("d", "e");
        Assert.Equal(["d", "e"], Take(third, 2)); // the suspicion is over
    }

    [Fact]
    public void Knows_since_when_a_channel_has_confirmed_nothing()
    {
        var channel = new InFlight();
        Assert.Equal(0, _outbox.QuietSince(channel, _written));
        Add("a", "b");
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(channel, 1);
        var began = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(channel, 1);
        Assert.Equal(began, _outbox.QuietSince(channel, _written)); // to write is no sign of the broker's
        _outbox.Confirm(channel, 1, multiple: false);
        Assert.Equal(_time.GetTimestamp(), _outbox.QuietSince(channel, _written));
        _outbox.Confirm(channel, 2, multiple: false);
        Assert.Equal((0, true), (_outbox.QuietSince(channel, _written), _outbox.IsEmpty(channel)));
    }

    [Fact]
    public void Takes_what_passes_the_socket_for_progress_until_the_oldest_message_has_passed()
    {
        // Field lesson 33.
        var channel = new InFlight();
        _outbox.Add(new OutgoingContent(new OutgoingMessage { Body = new byte[WriteProgress.SmallPiece * 3 / 2] }), Token);
        Add("b");
        Take(channel, 2);
        _time.Advance(TimeSpan.FromSeconds(1));
        _written.Wrote(WriteProgress.SmallPiece);
        var half = _time.GetTimestamp();
        Assert.Equal(half, _outbox.QuietSince(channel, _written));
        _time.Advance(TimeSpan.FromSeconds(1));
        _written.Wrote(WriteProgress.SmallPiece);
        var passed = _time.GetTimestamp();
        Assert.Equal(passed, _outbox.QuietSince(channel, _written));
        _time.Advance(TimeSpan.FromSeconds(1));
        _written.Wrote(WriteProgress.SmallPiece);
        Assert.Equal(passed, _outbox.QuietSince(channel, _written)); // what is written now is younger
    }
}
