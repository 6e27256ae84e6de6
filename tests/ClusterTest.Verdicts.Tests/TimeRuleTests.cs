using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>How long things took in the whole run, and what cannot be said when clocks differ.</summary>
public sealed class TimeRuleTests
{
    [Fact]
    public void The_outage_is_the_longest_silence_between_two_receipts() =>
        Assert.Equal(500, Ms(VerdictOf(Sent(1), Received(1, 100), Received(2, 200), Received(3, 700), Received(4, 800)).Outage));

    [Fact]
    public void Consumers_that_take_turns_are_not_silent() => Assert.Equal(
        200,
        Ms(VerdictOf(
            Started("consumer-2", program: "consumer"),
            Sent(1),
            Received(1, 100), Received(2, 300, source: "consumer-2"), Received(3, 500), Received(4, 600, source: "consumer-2")).Outage));

    [Fact]
    public void Consumers_with_different_clocks_are_silent_each_by_itself() => Assert.Equal(
        400,
        Ms(VerdictOf(
            Started("consumer-2", "clock-2", "consumer"),
            Sent(1),
            Received(1, 100), Received(2, 300, source: "consumer-2"), Received(3, 500), Received(4, 600, source: "consumer-2")).Outage));

    [Fact]
    public void Without_two_receipts_there_is_no_outage() => Assert.Null(VerdictOf(Sent(1), Received(1)).Outage);

    [Fact]
    public void A_stream_that_is_never_heard_again_is_silent_until_the_producer_ends() =>
        Assert.Equal(4_900, Ms(VerdictOf(Sent(1), Received(1, 100), Sent(2, 200), Unknown(3, 300, 4_700)).Outage));

    [Fact]
    public void A_stream_that_was_heard_to_its_end_is_not_silent_after_it() =>
        Assert.Equal(100, Ms(VerdictOf(Sent(1), Received(1, 100), Sent(2, 198, 50), Received(2, 200), Drained(3, 60_000)).Outage));

    [Fact]
    public void A_clock_that_was_set_back_makes_no_silence() =>
        Assert.Equal(100, Ms(VerdictOf(Sent(1), Received(1, 1_000), Received(2, 500), Received(3, 600), Received(4, 1_100)).Outage));

    [Fact]
    public void The_stall_is_the_longest_wait_for_a_confirm_even_if_it_never_came()
    {
        Assert.Equal(70, Ms(VerdictOf(Sent(1, 0, 70), Sent(2, 10, 5)).Stall));
        Assert.Equal(90, Ms(VerdictOf(Sent(1, 0, 70), Unknown(2, 10, 90)).Stall));
        Assert.Null(VerdictOf(Received(1)).Stall);
    }

    [Fact]
    public void The_delay_is_the_longest_time_from_publish_to_the_first_receipt() =>
        Assert.Equal(40, Ms(VerdictOf(Sent(1, 10), Sent(2, 20), Received(1, 50, 10), Received(1, 900, 10), Received(2, 55, 20)).Delay));

    [Fact]
    public void The_first_receipt_may_be_in_a_later_file()
    {
        var second = Received(1, 50, 10, source: "consumer-2");
        var started = Started("consumer-2", program: "consumer");

        Assert.Equal(40, Ms(VerdictOf(started, Sent(1, 10), Received(1, 900, 10), second).Delay));
        Assert.Equal(40, Ms(VerdictOf(started, second, Received(1, 900, 10), Sent(1, 10)).Delay));
    }

    [Theory]
    [InlineData("clock-1", "clock-2")]
    [InlineData(null, "clock-1")]
    [InlineData("clock-1", null)]
    [InlineData(null, null)]
    public void Clocks_that_differ_or_are_unknown_give_no_delay_and_no_outage_after_the_last_receipt(string? producer, string? consumer)
    {
        var clocks = new[] { ("producer", producer), ("consumer", consumer) }
            .Where(static program => program.Item2 is not null)
            .Select(static program => Started(program.Item1, program.Item2!));

        var judgement = Judge.Of([.. clocks, Sent(1, 0, 7), Sent(2, 50_000), Received(1, 10), Received(2, 30)]);

        Assert.Null(judgement.Verdict.Delay);
        Assert.Empty(judgement.Delays);
        Assert.Equal((20, 7), (Ms(judgement.Verdict.Outage), Ms(judgement.Verdict.Stall)));
    }

    [Fact]
    public void A_source_that_tells_two_clocks_has_none() =>
        Assert.Null(VerdictOf(Started("consumer", "clock-2"), Sent(1), Received(1)).Delay);

    [Fact]
    public void A_delay_is_never_negative() => Assert.Equal(0, Ms(VerdictOf(Sent(1, 10), Received(1, 10, 11)).Delay));

    [Fact]
    public void Latencies_and_delays_are_drawn_by_percentile()
    {
        var judgement = Judge.Of(
        [
            .. Programs,
            .. Enumerable.Range(1, 1_000).Select(static i => Sent(i, i, i)),
            .. Enumerable.Range(1, 1_000).Select(static i => Received(i, i, 0)),
        ]);

        Assert.All([judgement.ConfirmLatencies, judgement.Delays], static curve =>
        {
            Assert.Equal([0, 10, 20, 30, 40, 50, 60, 70, 75, 80, 90, 95, 99, 99.9, 99.99, 100], curve.Select(static point => point.Percentile));
            Assert.Equal(
                [1, 500, 990, 1_000],
                new[] { curve[0], curve[5], curve[12], curve[15] }.Select(static point => Math.Round(point.Milliseconds)));
        });
        Assert.Equal(500, Math.Round(judgement.Verdict.ConfirmLatency!.P50));
    }

    [Fact]
    public void The_timeline_counts_confirms_and_first_deliveries()
    {
        var timeline = Judge.Of(
        [
            Sent(1, 0, 10), Sent(2, 100, 5), Sent(3, 100, 8),
            Received(1, 120), Received(1, 130), Received(2, 320), Received(9, 325, run: "run-2"),
        ]).Timeline;

        Assert.Equal((Start.AddMilliseconds(10), TimeSpan.FromMilliseconds(100)), (timeline.Start, timeline.Step));
        Assert.Equal([3, 0, 0, 0], timeline.Confirmed);
        Assert.Equal([0, 1, 0, 1], timeline.Received);
    }

    [Fact]
    public void A_long_run_has_a_timeline_of_longer_steps()
    {
        const int day = 24 * 60 * 60 * 1000;

        var timeline = Judge.Of([Sent(1), Received(1, day)]).Timeline;

        Assert.InRange(timeline.Confirmed.Count, 10_000, 20_001);
        Assert.Equal((1, 1), (timeline.Confirmed[0], timeline.Received[^1]));
        Assert.Equal(0, timeline.Step.TotalMilliseconds % 100);
    }

    [Fact]
    public void No_evidence_gives_an_empty_judgement()
    {
        var (verdict, timeline, latencies, delays) = Judge.Of([]);

        Assert.Equal((0, 0, 0), (verdict.Confirmed, verdict.Producers, verdict.Consumers));
        Assert.Equal((null, null, null, null), (verdict.Outage, verdict.Stall, verdict.Delay, verdict.ConfirmLatency));
        Assert.True(timeline.Confirmed.Count + timeline.Received.Count + latencies.Count + delays.Count is 0);
    }

    private static double? Ms(TimeSpan? time) => time is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;
}
