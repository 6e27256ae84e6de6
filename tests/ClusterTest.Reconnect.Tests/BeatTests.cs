using ClusterTest.Reconnect.Internal;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Reconnect.Tests;

public sealed class BeatTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _calls = [];
    private readonly Beat _beat;

    public BeatTests() => _beat = new Beat(_time);

    public ValueTask DisposeAsync() => _beat.DisposeAsync();

    [Fact]
    public void Calls_all_listeners_together_whenever_they_came()
    {
        _beat.Add(() => _calls.Add("a"));
        Pass(TimeSpan.FromMilliseconds(100));
        _calls.Clear();
        _beat.Add(() => _calls.Add("b"));
        Pass(4 * Beat.Interval);

        Assert.Equal(["a", "a", "a", "a"], _calls.Where(static call => call == "a"));
        Assert.Equal(["b", "b", "b", "b"], _calls.Where(static call => call == "b"));
        Assert.All(_calls.Chunk(2), static pair => Assert.NotEqual(pair[0], pair[1]));
    }

    [Fact]
    public void Calls_no_listener_that_went_and_needs_no_timer_without_any()
    {
        Action first = () => _calls.Add("a");
        Action second = () => _calls.Add("b");
        _beat.Add(first);
        _beat.Add(second);
        _beat.Remove(first);
        Pass(Beat.Interval);
        Assert.Equal(["b"], _calls);

        _beat.Remove(second);
        Pass(4 * Beat.Interval);
        Assert.Equal(["b"], _calls);

        _beat.Add(first);
        Pass(Beat.Interval);
        Assert.Equal(["b", "a"], _calls);
    }

    [Fact]
    public void Delays_end_on_a_beat_wherever_they_begin()
    {
        _beat.Add(() => _calls.Add("beat"));
        Pass(Beat.Interval);
        for (var began = TimeSpan.Zero; began < Beat.Interval; began += 7 * Step)
        {
            var delay = TimeSpan.FromMilliseconds(500);
            var left = Beat.Nearest(delay, _time);
            Assert.InRange(left, delay - (Beat.Interval / 2), delay + (Beat.Interval / 2) + Step);

            _calls.Clear();
            Pass(left - Step);
            var before = _calls.Count;
            Pass(2 * Step);
            Assert.Equal(before + 1, _calls.Count);
            Pass(7 * Step);
        }
    }

    [Fact]
    public void A_delay_shorter_than_a_beat_stays() =>
        Assert.Equal(TimeSpan.FromMilliseconds(100), Beat.Nearest(TimeSpan.FromMilliseconds(100), _time));

    private void Pass(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            _time.Advance(Step);
        }
    }
}
