using ClusterTest.Reconnect.Internal.Connections;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public class CheckTurnsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();
    private readonly CheckTurns _turns;

    public CheckTurnsTests() => _turns = new CheckTurns(_time);

    [Fact]
    public void The_session_that_took_the_first_turn_takes_the_next_ones()
    {
        Assert.True(Take(1));
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.False(Take(0));
            Assert.False(Take(1));
            _time.Advance(Interval);
            Assert.False(Take(0));
            Assert.True(Take(1));
        }
    }

    [Fact]
    public void A_session_that_is_late_loses_its_turns()
    {
        Assert.True(Take(1));
        _time.Advance(Interval + TimeSpan.FromSeconds(1));
        Assert.True(Take(0));
        _time.Advance(Interval);
        Assert.False(Take(1));
        Assert.True(Take(0));
    }

    [Fact]
    public void Each_cluster_has_its_own_turns()
    {
        Assert.True(Take(0, "primary"));
        Assert.True(Take(1, "standby"));
        Assert.False(Take(1, "primary"));
        Assert.False(Take(0, "standby"));
    }

    [Fact]
    public void All_may_ask_for_a_while()
    {
        Assert.True(Take(0));
        _turns.LetAllAsk(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(Take(0));
        Assert.True(Take(1));
        Assert.True(Take(0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Take(1));
        Assert.False(Take(0));
    }

    private bool Take(int session, string cluster = "") => _turns.TryTake(cluster, session, Interval);
}
