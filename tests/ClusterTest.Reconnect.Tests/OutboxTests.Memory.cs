using ClusterTest.Reconnect.Internal.Producing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

/// <summary>What is over is not kept, whatever it is behind.</summary>
public sealed partial class OutboxTests
{
    private const int Many = 1000;

    [Fact]
    public async Task Does_not_keep_what_was_confirmed_behind_a_message_that_is_stuck()
    {
        var (stuck, other) = (new InFlight(), new InFlight());
        var result = Add("stuck")[0];
        Take(stuck, 1);
        var bodies = new List<WeakReference>();
        for (var i = 1; i <= Many; i++)
        {
            AddUnreachable(bodies, CancellationToken.None, count: 1);
            Take(other, 1);
            _outbox.Confirm(other, (ulong)i, multiple: false);
        }

        GC.Collect();
        Assert.DoesNotContain(bodies, body => body.IsAlive);
        Assert.Equal(["stuck"], _outbox.Shut());
        Assert.Equal(PublishOutcome.Unknown, (await result).Outcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keeps_nothing_of_a_message_once_it_is_confirmed(bool multiple)
    {
        var channel = new InFlight();
        var bodies = new List<WeakReference>();
        AddUnreachable(bodies, CancellationToken.None, count: Window);
        Take(channel, Window);
        Add("next");
        for (var i = multiple ? Window : 1; i <= Window; i++)
        {
            _outbox.Confirm(channel, (ulong)i, multiple);
        }

        GC.Collect(); // no tick has come
        Assert.DoesNotContain(bodies, static body => body.IsAlive);
        Assert.Equal(1, _outbox.Statistics.Unresolved);
    }

    [Fact]
    public async Task Does_not_keep_a_channel_that_was_lost_while_it_was_idle()
    {
        var other = new InFlight();
        var idle = _outbox.WaitForWorkAsync(other, Token).AsTask();
        var lost = LoseIdle();
        GC.Collect();
        Assert.DoesNotContain(lost, static channel => channel.IsAlive);
        Add("a");
        Assert.True(await idle);

        List<WeakReference> LoseIdle() => [.. Enumerable.Range(0, 10).Select(_ =>
        {
            var channel = new InFlight();
            var waiting = _outbox.WaitForWorkAsync(channel, CancellationToken.None).AsTask();
            _outbox.Lose(channel);
            waiting.Wait(Token);
            return new WeakReference(channel);
        })];
    }

    [Fact]
    public void Does_not_keep_what_was_cancelled_beyond_the_window()
    {
        Add("a", "b", "c", "d");
        var bodies = new List<WeakReference>();
        using (var cancellation = new CancellationTokenSource())
        {
            AddUnreachable(bodies, cancellation.Token, Many);
            cancellation.Cancel();
        }

        GC.Collect();
        Assert.DoesNotContain(bodies, body => body.IsAlive);
        Assert.Equal(Window, _outbox.Statistics.Unresolved);
    }

    [Fact]
    public async Task Publishes_in_order_around_what_was_cancelled_beyond_the_window()
    {
        var channel = new InFlight();
        Add("a", "b", "c", "d", "e");
        using (var cancellation = new CancellationTokenSource())
        {
            var cancelled = _outbox.Add(Message("f"), cancellation.Token).Result;
            Add("g");
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        }

        Take(channel, Window);
        _outbox.Confirm(channel, Window, multiple: true);
        Assert.Equal(["e", "g"], Take(channel, 2));
        Assert.Null(TryTake(channel));
    }
}
