using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClusterTest.Producer.Tests;

public sealed class PacerTests
{
    private const double Rate = 200;

    private readonly FakeTimeProvider _time = new();
    private readonly List<Omission> _omissions = [];
    private readonly List<TimeSpan> _lags = [];
    private long _next;

    [Fact]
    public async Task Each_message_is_published_when_it_is_due()
    {
        var pacer = new Pacer(Rate, _time);
        for (var message = 0; message < 1_000; message++)
        {
            await PublishAsync(pacer);
        }

        Assert.Equal(TimeSpan.FromSeconds(999 / Rate), Elapsed);
        Assert.Empty(_omissions);
    }

    [Fact]
    public async Task No_message_is_published_before_it_is_due_though_a_timer_fires_early()
    {
        var time = new EarlyTimers();
        var pacer = new Pacer(Rate, time);
        Assert.Null(await pacer.WaitAsync(TestContext.Current.CancellationToken));
        var second = pacer.WaitAsync(TestContext.Current.CancellationToken).AsTask();

        time.Advance(TimeSpan.FromMilliseconds(2)); // 3 ms before it is due
        await Task.Yield();
        Assert.False(second.IsCompleted);

        time.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Null(await second);
    }

    [Fact]
    public async Task All_that_was_due_in_an_outage_is_published_or_told_as_omitted()
    {
        // The broker confirms nothing for 30 s, and 1,000 messages may be unconfirmed: a client as ours waits with the next.
        var pacer = new Pacer(Rate, _time);
        for (var message = 0; message < 1_000; message++)
        {
            await PublishAsync(pacer);
        }

        await PublishAsync(pacer, blockedFor: TimeSpan.FromSeconds(25));
        while (Elapsed < TimeSpan.FromSeconds(30.9925))
        {
            await PublishAsync(pacer);
        }

        var omission = Assert.Single(_omissions);
        Assert.Equal(TimeSpan.FromSeconds(25), _lags[1_000]);
        Assert.Equal(31 * (long)Rate, _lags.Count + omission.Count);
        Assert.Equal((24_995, 5), (Math.Round(omission.FirstLag.TotalMilliseconds), Math.Round(omission.LastLag.TotalMilliseconds)));
        Assert.All(_lags.Skip(1_001), lag => Assert.True(lag < TimeSpan.FromSeconds(1 / Rate)));
    }

    [Fact]
    public async Task A_pause_of_less_than_a_second_is_caught_up()
    {
        var pacer = new Pacer(Rate, _time);
        await PublishAsync(pacer, blockedFor: TimeSpan.FromMilliseconds(900));
        for (var message = 0; message < 180; message++)
        {
            await PublishAsync(pacer);
        }

        Assert.Empty(_omissions);
        Assert.Equal(TimeSpan.FromMilliseconds(900), Elapsed);
    }

    [Fact]
    public async Task A_slow_stream_that_is_late_omits_nothing()
    {
        var pacer = new Pacer(0.1, _time);
        await PublishAsync(pacer, TimeSpan.FromSeconds(12), rate: 0.1);
        await PublishAsync(pacer, rate: 0.1);
        await PublishAsync(pacer, rate: 0.1);

        Assert.Empty(_omissions);
        Assert.Equal([TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(2), TimeSpan.Zero], _lags);
    }

    [Fact]
    public async Task What_was_due_when_the_run_ends_in_an_outage_is_omitted_the_waiting_message_too()
    {
        var pacer = new Pacer(Rate, _time);
        await pacer.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(new Omission(6_001, TimeSpan.FromSeconds(30), TimeSpan.Zero), pacer.End());
    }

    [Fact]
    public async Task A_run_that_is_stopped_while_all_is_well_omits_nothing()
    {
        var pacer = new Pacer(Rate, _time);
        await pacer.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(3));

        Assert.Null(pacer.End());
    }

    [Fact]
    public async Task Without_a_rate_nothing_is_due_and_nothing_omitted()
    {
        var pacer = new Pacer(rate: null, _time);
        await PublishAsync(pacer, blockedFor: TimeSpan.FromSeconds(30));

        Assert.Null(await pacer.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal((TimeSpan.Zero, null), (pacer.LagAt(_time.GetTimestamp()), pacer.End()));
    }

    private TimeSpan Elapsed => _time.GetUtcNow() - _time.Start;

    private async Task PublishAsync(Pacer pacer, TimeSpan? blockedFor = null, double rate = Rate)
    {
        var waiting = pacer.WaitAsync(TestContext.Current.CancellationToken).AsTask();
        if (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(_next / rate) - Elapsed);
        }

        if (await waiting.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System) is { } omission)
        {
            _omissions.Add(omission);
            _next += omission.Count;
        }

        _next++;
        _time.Advance(blockedFor ?? TimeSpan.Zero);
        _lags.Add(pacer.LagAt(_time.GetTimestamp()));
    }

    private sealed class EarlyTimers : FakeTimeProvider
    {
        private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(3);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > Early ? dueTime - Early : dueTime, period);
    }
}
