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
    public void The_session_that_gets_answers_takes_all_turns()
    {
        Assert.True(Take(1));
        for (var turn = 0; turn < 3; turn++)
        {
            End(1, isAnswered: true);
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
        End(1, isAnswered: true);
        _time.Advance(Interval + TimeSpan.FromSeconds(1));
        Assert.True(Take(0));
        End(0, isAnswered: true);
        _time.Advance(Interval);
        Assert.False(Take(1));
        Assert.True(Take(0));
    }

    [Fact]
    public void A_session_whose_question_fails_is_followed_by_another_at_once()
    {
        Assert.True(Take(1));
        End(1, isAnswered: false);
        Assert.False(Take(1));
        Assert.True(Take(0));
        End(1, isAnswered: false); // no longer its turn
        End(0, isAnswered: true);
        _time.Advance(Interval);
        Assert.False(Take(1));
        Assert.True(Take(0));
    }

    [Fact]
    public void A_session_that_waits_for_its_answer_is_followed_by_another_after_a_second()
    {
        Assert.True(Take(1));
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(Take(0));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(Take(0));
        Assert.False(Take(2));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(Take(2));
    }

    [Fact]
    public void A_single_session_asks_again_after_the_interval_whatever_the_answer_was()
    {
        Assert.True(Take(0));
        End(0, isAnswered: false);
        _time.Advance(Interval - TimeSpan.FromSeconds(0.1));
        Assert.False(Take(0));
        _time.Advance(TimeSpan.FromSeconds(0.1));
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
        End(0, isAnswered: true);
        _turns.LetAllAsk(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.True(Take(0));
        Assert.True(Take(1));
        Assert.True(Take(0));
        End(0, isAnswered: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Take(1));
        Assert.False(Take(0));
    }

    private void End(int session, bool isAnswered) => _turns.End("", session, isAnswered);

    private bool Take(int session, string cluster = "") => _turns.TryTake(cluster, session, Interval);
}
