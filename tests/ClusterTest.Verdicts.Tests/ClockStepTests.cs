using System.Text.Json.Nodes;
using ClusterTest.Events;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>The clock on the wall is set while a run goes on; the monotonic clock of the machine is not.</summary>
public sealed class ClockStepTests
{
    private const double StepAt = 1_000;

    // A consumer that hears a message every 100 ms, a stall, and a fault that costs it 250 ms.
    private static readonly ResultEvent[] Run =
    [
        .. Programs,
        Fault(1, "injecting", 980), Fault(1, "effective", 1_020), Fault(1, "healed", 1_300),
        .. Enumerable.Range(1, 9).SelectMany(InTime),
        Sent(10, 990, 200), Received(10, 1_190, 990),
        Lost(1_050), Recovered(1_100),
        .. Enumerable.Range(12, 9).SelectMany(InTime),
    ];

    [Theory]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    [InlineData(700)]
    [InlineData(-700)]
    public void Setting_the_clock_changes_no_time_of_the_verdict(double step)
    {
        var expected = VerdictOf([.. Run.Select(static written => Line(written, step: 0))]);

        var verdict = VerdictOf([.. Run.Select(written => Line(written, step))]);

        Assert.Equal((expected.Outage, expected.Stall, expected.Delay), (verdict.Outage, verdict.Stall, verdict.Delay));
        Assert.Equal((288, 200, 200), (verdict.Outage?.TotalMilliseconds, verdict.Stall?.TotalMilliseconds, verdict.Delay?.TotalMilliseconds));
        Assert.Equal(expected.Faults, verdict.Faults);
        Assert.NotNull(verdict.Faults[0].Consumer);
    }

    [Fact]
    public void Times_are_told_by_the_clock_as_it_was_at_the_first_event() =>
        Assert.Equal(Start.AddMilliseconds(1_020), VerdictOf([.. Run.Select(static written => Line(written, step: -60_000))]).Faults[0].Effective);

    [Fact]
    public void Programs_that_do_not_tell_their_clock_are_timed_by_themselves()
    {
        var verdict = VerdictOf([.. Run.Where(static written => written is not StartedEvent).Select(static written => Line(written, 5_000))]);

        Assert.Equal((288, 200), (verdict.Outage?.TotalMilliseconds, verdict.Stall?.TotalMilliseconds));
        Assert.Null(verdict.Delay);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_number_that_no_clock_shows_does_not_end_the_judging(long microseconds)
    {
        var line = (JsonObject)JsonNode.Parse(Line(Received(99, 1_500), step: 0))!;
        line["mono_us"] = microseconds;

        Assert.Equal(20, VerdictOf([.. Run.Select(static written => Line(written, step: 0)), line.ToJsonString()]).Received);
    }

    private static Verdict VerdictOf(IReadOnlyList<string> lines)
    {
        using var directory = new EventDirectory();
        return Judge.OfFiles([directory.WriteText("events.jsonl", string.Concat(lines.Select(static line => $"{line}\n")))]).Verdict;
    }

    private static string Line(ResultEvent written, double step)
    {
        var line = (JsonObject)JsonNode.Parse(EventDirectory.Line(written))!;
        var at = (written.Timestamp - Start).TotalMilliseconds;
        line["ts"] = At(Wall(at, step));
        line["mono_us"] = Microseconds(at);
        if (written is ReceivedEvent received)
        {
            var published = (received.Time * 1000) - Start.ToUnixTimeMilliseconds();
            line["time"] = (Start.ToUnixTimeMilliseconds() + Wall(Math.Round(published), step)) / 1000d;
            line["due_us"] = Microseconds(Math.Round(published));
        }

        return line.ToJsonString();
    }

    private static double Wall(double at, double step) => at < StepAt ? at : at + step;

    private static long Microseconds(double at) => 77_000_000 + (long)(at * 1000);

    private static ResultEvent[] InTime(int number) => [Sent(number, number * 100, 1), Received(number, (number * 100) + 2, number * 100)];
}
