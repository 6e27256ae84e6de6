using ClusterTest.Reconnect.Internal.Sessions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class GroupOutageTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly GroupOutage _outage;

    public GroupOutageTests() => _outage = new(TimeSpan.FromSeconds(10), _time);

    public ValueTask DisposeAsync() => _outage.DisposeAsync();

    [Fact]
    public void Is_too_long_when_no_session_opens_in_time()
    {
        Assert.True(IsTooLongAfter(10));
        Assert.Equal((10, false, false), (_outage.Elapsed.TotalSeconds, _outage.IsAnyOpen, _outage.WasAnyOpen));
    }

    [Fact]
    public void Begins_when_the_last_open_session_is_lost()
    {
        _outage.Opened();
        _outage.Opened();
        Assert.False(IsTooLongAfter(100));
        _outage.Lost(served: true);
        Assert.False(IsTooLongAfter(100));
        Assert.True(_outage.IsAnyOpen && _outage.WasAnyOpen);
        _outage.Lost(served: true);
        Assert.True(IsTooLongAfter(10));
    }

    [Fact]
    public void Is_not_ended_by_short_lives_which_do_not_count_for_it_either()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.False(IsTooLongAfter(3));
            _outage.Opened();
            Assert.False(IsTooLongAfter(3));
            _outage.Lost(served: false);
        }

        Assert.True(IsTooLongAfter(1));
    }

    [Fact]
    public void Is_ended_by_one_session_that_served_while_another_had_short_lives()
    {
        Assert.False(IsTooLongAfter(9));
        _outage.Opened();
        _outage.Opened();
        _outage.Lost(served: false);
        _outage.Lost(served: true);
        Assert.True(IsTooLongAfter(10));
    }

    [Fact]
    public async Task May_last_for_ever()
    {
        await using var endless = new GroupOutage(Timeout.InfiniteTimeSpan, _time);
        _time.Advance(TimeSpan.FromDays(1000));
        Assert.False(endless.TooLong.IsCancellationRequested);
        Assert.Equal(1000, endless.Elapsed.TotalDays);
    }

    // A moment before it must not be.
    private bool IsTooLongAfter(int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
        Assert.False(_outage.TooLong.IsCancellationRequested);
        _time.Advance(TimeSpan.FromTicks(1));
        return _outage.TooLong.IsCancellationRequested;
    }
}
