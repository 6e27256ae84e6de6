using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class GroupInterruptionTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly GroupInterruption _interruption;

    public GroupInterruptionTests() => _interruption = new(TimeSpan.FromSeconds(10), _time);

    public ValueTask DisposeAsync() => _interruption.DisposeAsync();

    [Fact]
    public void Is_too_long_when_no_session_opens_in_time()
    {
        Assert.True(IsTooLongAfter(10));
        Assert.Equal((10, false, false), (_interruption.Elapsed.TotalSeconds, _interruption.IsAnyOpen, _interruption.WasAnyOpen));
    }

    [Fact]
    public void Begins_when_the_last_open_session_is_lost()
    {
        _interruption.Opened();
        _interruption.Opened();
        Assert.False(IsTooLongAfter(100));
        _interruption.Lost(served: true);
        Assert.False(IsTooLongAfter(100));
        Assert.True(_interruption.IsAnyOpen && _interruption.WasAnyOpen);
        _interruption.Lost(served: true);
        Assert.True(IsTooLongAfter(10));
    }

    [Fact]
    public void Is_not_ended_by_short_lives_which_do_not_count_for_it_either()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.False(IsTooLongAfter(3));
            _interruption.Opened();
            Assert.False(IsTooLongAfter(3));
            _interruption.Lost(served: false);
        }

        Assert.True(IsTooLongAfter(1));
    }

    [Fact]
    public void Is_ended_by_one_session_that_served_while_another_had_short_lives()
    {
        Assert.False(IsTooLongAfter(9));
        _interruption.Opened();
        _interruption.Opened();
        _interruption.Lost(served: false);
        _interruption.Lost(served: true);
        Assert.True(IsTooLongAfter(10));
    }

    [Fact]
    public async Task May_last_for_ever()
    {
        await using var endless = new GroupInterruption(Timeout.InfiniteTimeSpan, _time);
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.False(endless.TooLong.IsCancellationRequested);
        Assert.Equal(1000, endless.Elapsed.TotalDays);
    }

    // A moment before it must not be.
    private bool IsTooLongAfter(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        Assert.False(_interruption.TooLong.IsCancellationRequested);
        _time.Advance(TimeSpan.FromTicks(1));
        return _interruption.TooLong.IsCancellationRequested;
    }
}
