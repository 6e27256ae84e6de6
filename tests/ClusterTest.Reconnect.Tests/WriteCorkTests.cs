using ClusterTest.Reconnect.Internal.Connections;
using ClusterTest.Reconnect.Tests.Support;
using ScriptedAmqp;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class WriteCorkTests
{
    private const int Small = 300;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly WriteCork _cork = new() { Watcher = static _ => { } };

    [Fact]
    public void Lets_everything_pass_as_long_as_nobody_holds_it_back()
    {
        _cork.Queued(_cork.Holds, Small);

        Assert.True(WaitAsync(_cork).IsCompletedSuccessfully);
        Assert.False(_cork.MoreFollow());
        Assert.False(_cork.IsInUse);
    }

    [Fact]
    public void Lets_the_loop_go_on_in_the_call_that_releases_it()
    {
        var loop = HoldTheLoop();
        Assert.False(loop.IsCompleted);

        _cork.Release();

        Assert.True(loop.IsCompletedSuccessfully);
        Assert.False(_cork.IsHeld);
    }

    [Fact]
    public void Counts_what_is_in_the_queue_until_it_has_passed()
    {
        _cork.Hold();
        var hold = _cork.Holds;
        for (var i = 0; i < 3; i++)
        {
            _cork.Queued(hold, Small);
        }

        _cork.Release();

        Assert.True(_cork.IsInUse);
        Assert.True(_cork.MoreFollow());
        Assert.True(_cork.MoreFollow());
        Assert.False(_cork.MoreFollow());
        Assert.False(_cork.MoreFollow()); // a frame that is no message
        Assert.False(_cork.IsInUse);
    }

    [Fact]
    public void Counts_no_message_that_may_have_passed_before()
    {
        _cork.Hold();
        var hold = _cork.Holds;
        _cork.Release();
        _cork.Queued(hold, Small);
        _cork.Hold();
        _cork.Queued(hold, Small);
        _cork.Release();

        Assert.False(_cork.IsInUse);
    }

    [Theory]
    [InlineData(WriteCork.Most, Small)]
    [InlineData(1, WriteProgress.Least)]
    public void The_last_message_that_may_wait_releases_all_and_so_does_a_large_one(int count, int bytes)
    {
        var loop = HoldTheLoop();
        for (var i = 1; i <= count; i++)
        {
            Assert.True(_cork.IsHeld);
            _cork.Queued(_cork.Holds, bytes);
        }

        Assert.True(loop.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Holds_nothing_back_for_long_if_nobody_releases_it()
    {
        var cork = new WriteCork();
        for (var i = 0; i < 3; i++)
        {
            await HoldTheLoop(cork).WaitAsync(ScriptedBroker.DefaultTimeout, TimeProvider.System, Token);
            Assert.False(cork.IsHeld);
        }
    }

    // The watch meets holds that have just begun, holds that are over, and none.
    [Fact]
    public async Task Every_hold_of_many_corks_ends()
    {
        var corks = Enumerable.Range(0, 20).Select(static _ => new WriteCork()).ToArray();
        for (var round = 0; round < 200; round++)
        {
            var cork = corks[round % corks.Length];
            cork.Hold();
            if (round % 3 == 0)
            {
                cork.Release();
                cork.Hold();
            }

            if (round % 7 == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Token);
            }
        }

        await Eventually.TrueAsync(() => corks.All(static cork => !cork.IsHeld));
    }

    [Fact]
    public async Task What_was_held_back_before_a_look_is_released_at_the_next_one_and_was_a_miss()
    {
        _cork.Hold();
        Assert.True(_cork.Watch()); // it has just begun
        _cork.Release();
        var loop = HoldTheLoop();
        Assert.True(_cork.Watch()); // another one
        Assert.False(_cork.TakeMiss());
        Assert.False(_cork.Watch());
        await loop.WaitAsync(ScriptedBroker.DefaultTimeout, TimeProvider.System, Token);
        Assert.True(_cork.TakeMiss());
        Assert.False(_cork.TakeMiss());
        Assert.False(_cork.Watch());
    }

    [Fact]
    public void What_was_released_just_before_the_watch_is_no_miss()
    {
        _cork.Hold();
        _cork.Release();
        ((IThreadPoolWorkItem)_cork).Execute();

        Assert.False(_cork.TakeMiss());
    }

    private Task HoldTheLoop() => HoldTheLoop(_cork);

    private static Task HoldTheLoop(WriteCork cork)
    {
        cork.Hold();
        return WaitAsync(cork);
    }

    private static async Task WaitAsync(WriteCork cork) => await cork.WaitAsync().ConfigureAwait(false);
}
