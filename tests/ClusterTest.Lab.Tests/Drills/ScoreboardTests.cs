using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class ScoreboardTests
{
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_happened_before_is_no_flow_however_late_it_is_read(bool hasMonotonicClock)
    {
        var board = new Scoreboard(_time);
        var late = new[] { Now(Sent(1), hasMonotonicClock), Now(Received(1), hasMonotonicClock) };
        _time.Advance(TimeSpan.FromSeconds(1));
        board.CountFlow();
        Add(board, late);
        Assert.Equal((1, 1, default), (board.Read().Confirmed, board.Read().Received, board.Read().Flow));
        Assert.False(board.Read().Flows(1));

        Add(board, Now(Sent(2), hasMonotonicClock), Now(Received(2), hasMonotonicClock), Now(Received(2), hasMonotonicClock));
        Assert.Equal(new Flow(1, 1), board.Read().Flow);
        Assert.True(board.Read().Flows(1));
    }

    [Fact]
    public void Nothing_flows_while_a_session_is_lost()
    {
        var board = new Scoreboard(_time);
        Add(board, Now(Sent(1)), Now(Received(1)), Now(Lost(0)));
        Assert.False(board.Read().Flows(1));
        Add(board, Now(Recovered(0)));
        Assert.True(board.Read().Flows(1));
    }

    private static void Add(Scoreboard board, params ResultEvent[] written)
    {
        foreach (var each in written)
        {
            board.Add(each);
        }
    }

    private ResultEvent Now(ResultEvent written, bool hasMonotonicClock = true)
    {
        var now = Moment.Now(_time);
        return written with { Timestamp = now.At, MonotonicMicroseconds = hasMonotonicClock ? now.Microseconds : null };
    }
}
