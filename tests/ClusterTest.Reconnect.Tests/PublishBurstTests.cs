using ClusterTest.Reconnect.Internal.Producing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class PublishBurstTests
{
    private const int Step = 64;

    private readonly FakeTimeProvider _time = new();
    private readonly PublishBurst _burst;

    public PublishBurstTests() => _burst = new PublishBurst(_time);

    [Fact]
    public void A_loop_that_waited_for_the_window_publishes_as_many_as_there_is_room_for()
    {
        _burst.Begin(3);

        Assert.False(Note());
        Assert.False(Note());
        Assert.True(_burst.ExpectsMore);
        Assert.True(Note());
        Assert.False(_burst.ExpectsMore);
        Assert.False(Note()); // it has ended before
    }

    [Fact]
    public void A_full_window_ends_a_burst()
    {
        _burst.Begin(10);

        Assert.True(Note(hasRoom: false));
        Assert.False(_burst.ExpectsMore);
    }

    [Fact]
    public void After_a_pause_nothing_is_expected()
    {
        _burst.Begin(10);
        Note();
        Pass(5.1);

        Assert.True(Note());
    }

    [Fact]
    public void More_is_expected_as_long_as_64_messages_come_in_a_millisecond()
    {
        Fill(1.0 / Step); // the first step tells nothing: it began whenever
        Fill(1.0 / Step);
        Assert.True(_burst.ExpectsMore);
        Fill(1.0 / Step);
        Assert.True(_burst.ExpectsMore);
        Fill(1.1 / Step);
        Assert.False(_burst.ExpectsMore);
    }

    [Fact]
    public void After_a_miss_the_next_fast_messages_are_not_believed_and_more_of_them_after_each()
    {
        for (var doubted = 1; doubted <= 8; doubted *= 2)
        {
            var steps = StepsUntilMoreIsExpected();
            Assert.InRange(steps, doubted / 2, doubted + 1);
            _burst.Miss();
            Assert.False(_burst.ExpectsMore);
        }

        Assert.InRange(StepsUntilMoreIsExpected(), 8, 9);
    }

    [Fact]
    public void A_loop_at_full_speed_is_believed_again()
    {
        for (var i = 0; i < 20; i++)
        {
            _burst.Miss();
        }

        Assert.InRange(StepsUntilMoreIsExpected(), 256, 258); // no more than that, ever
        for (var step = 0; step < 10 * 16; step++)
        {
            Fill(1.0 / Step);
        }

        _burst.Miss();
        Assert.InRange(StepsUntilMoreIsExpected(), 1, 3);
    }

    [Fact]
    public void A_miss_ends_what_a_loop_that_waited_has_room_for()
    {
        _burst.Begin(1000);
        Note();
        _burst.Miss();

        Assert.False(_burst.ExpectsMore);
        _burst.Begin(2); // the next wait is believed
        Assert.True(_burst.ExpectsMore);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.02)]
    public void Of_messages_at_a_steady_lower_rate_nothing_is_expected(double pause)
    {
        for (var i = 0; i < 10 * Step; i++)
        {
            Pass(pause);
            Note();
            Assert.False(_burst.ExpectsMore);
        }
    }

    private int StepsUntilMoreIsExpected()
    {
        for (var steps = 0; ; steps++)
        {
            if (_burst.ExpectsMore)
            {
                return steps;
            }

            Fill(1.0 / Step);
        }
    }

    private void Fill(double pause)
    {
        for (var i = 0; i < Step; i++)
        {
            Pass(pause);
            Note();
        }
    }

    private bool Note(bool hasRoom = true) => _burst.Note(_time.GetTimestamp(), hasRoom);

    private void Pass(double milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
