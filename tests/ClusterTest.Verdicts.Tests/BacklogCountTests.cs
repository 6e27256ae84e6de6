using ClusterTest.Events;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What waited when the healing of a fault began, and how long it took to catch up.</summary>
public sealed class BacklogCountTests
{
    private static readonly ResultEvent[] First =
        [Fault(1, "injecting", 1_000), Fault(1, "effective", 1_100), Fault(1, "healing", 3_000), Fault(1, "healed", 3_500)];

    private static readonly ResultEvent[] Second =
        [Fault(2, "injecting", 5_000), Fault(2, "effective", 5_100), Fault(2, "healing", 7_000), Fault(2, "healed", 7_500)];

    [Fact]
    public void Without_a_step_that_tells_when_the_healing_began_there_is_no_backlog_to_tell_of()
    {
        Assert.Equal([(null, null)], BacklogsIn([.. First[..2], Sent(1, 1_200), Received(1, 4_000, 1_200)]));
        Assert.Equal([(null, null)], BacklogsIn([.. First[..2], First[3], Sent(1, 1_200), Received(1, 4_000, 1_200)]));
    }

    [Fact]
    public void What_was_received_before_the_healing_began_or_at_that_moment_is_not_in_the_backlog() => Assert.Equal(
        [(0, 0)],
        BacklogsIn([.. First, Sent(1, 1_200), Sent(2, 1_300), Received(1, 2_999, 1_200), Received(2, 3_000, 1_300)]));

    [Fact]
    public void What_was_confirmed_before_and_received_later_is_and_the_last_receipt_ends_the_catch_up() => Assert.Equal(
        [(3, 4_000)],
        BacklogsIn(
        [
            .. First, Sent(1, 500), Sent(2, 1_200), Sent(3, 2_900),
            Received(2, 7_000, 1_200), Received(1, 3_001, 500), Received(3, 3_200, 2_900),
        ]));

    [Fact]
    public void What_waited_for_a_fault_that_is_over_when_it_took_effect_catches_up_from_then_on()
    {
        ResultEvent[] restart = [.. First.Select(static step => (FaultEvent)step with { OverWhenEffective = true })];
        ResultEvent[] messages = [Sent(1, 1_050), Sent(2, 1_200), Received(1, 1_400, 1_050), Received(2, 3_100, 1_200)];

        Assert.Equal([(1, 300)], BacklogsIn([.. restart, .. messages]));
        Assert.Equal([(1, 300)], BacklogsIn([.. restart[..2], .. messages]));
        Assert.Equal([(1, 100)], BacklogsIn([.. restart.Where(static step => step is FaultEvent { Step: not "effective" }), .. messages]));
        Assert.Equal([(0, 0)], BacklogsIn([.. restart, Sent(1, 1_050, 50), Received(1, 1_400, 1_050)]));
    }

    [Fact]
    public void What_was_confirmed_when_the_healing_had_begun_is_not_in_the_backlog()
    {
        Assert.Equal([(0, 0)], BacklogsIn([.. First, Sent(1, 2_900, 100), Received(1, 4_000, 2_900)]));
        Assert.Equal([(1, 1_000)], BacklogsIn([.. First, Sent(1, 2_900, 99), Received(1, 4_000, 2_900)]));
        Assert.Equal([(0, 0)], BacklogsIn([.. First, Sent(1, 3_100), Received(1, 9_000, 3_100)]));
        Assert.Equal([(0, 0)], BacklogsIn([.. First, Received(1, 4_000, 2_900), Sent(1, 2_900, 2_000)]));
    }

    [Fact]
    public void A_time_in_whole_milliseconds_moves_no_message_into_the_backlog_that_was_due_when_the_healing_had_begun()
    {
        // The message says that it was made at 3,000 ms, before the healing began; the producer knows better.
        ResultEvent[] steps = [.. First[..2], Fault(1, "healing", 3_000.25), First[3]];

        Assert.Equal([(0, 0)], BacklogsIn([.. steps, Sent(1, 3_000.5, 0.25), Received(1, 4_000, 3_000.5)]));
        Assert.Equal([(1, 999.75)], BacklogsIn([.. steps, Sent(1, 2_999.5, 0.25), Received(1, 4_000, 2_999.5)]));
    }

    [Fact]
    public void The_catch_up_never_ends_if_a_message_of_the_backlog_was_never_received()
    {
        Assert.Equal([(2, null)], BacklogsIn([.. First, Sent(1, 1_200), Sent(2, 1_300), Received(2, 4_000, 1_300)]));
        Assert.Equal([(1, null)], BacklogsIn([.. First, Sent(1, 1_200), Drained(1)]));
        Assert.Equal([(0, 0)], BacklogsIn([.. First, Sent(1, 3_200)]));
    }

    [Fact]
    public void What_was_parked_or_taken_away_or_never_confirmed_does_not_wait()
    {
        Assert.Equal([(0, 0)], BacklogsIn([.. First, Sent(1, 1_200), Parked(1, 4_000)]));
        Assert.Equal([(0, 0)], BacklogsIn([.. First, Unknown(1, 1_200), Received(1, 4_000, 1_200)]));
        Assert.Equal(
            [(0, 0)],
            BacklogsIn([.. First.Select(static step => (FaultEvent)step with { TakesMessages = true }), Sent(1, 1_050)]));
    }

    [Fact]
    public void A_message_that_waits_through_several_faults_is_in_the_backlog_of_each()
    {
        Assert.Equal(
            [(2, 5_000), (2, 2_000)],
            BacklogsIn(
            [
                .. First, .. Second, Sent(1, 900), Sent(2, 2_000), Sent(3, 6_000),
                Received(2, 3_500, 2_000), Received(1, 8_000, 900), Received(3, 9_000, 6_000),
            ]));
        Assert.Equal([(0, 0), (1, 100)], BacklogsIn([.. First, .. Second, Sent(1, 900, 2_100), Received(1, 7_100, 900)]));
        Assert.Equal([(0, 0), (1, null)], BacklogsIn([.. First, .. Second, Sent(1, 900, 2_100)]));
    }

    [Fact]
    public void Of_several_receipts_the_first_counts() => Assert.Equal(
        [(1, 100)],
        BacklogsIn(
        [
            .. First, Started("consumer-2", program: "consumer"),
            Sent(1, 900), Received(1, 8_000, 900, source: "consumer-2"), Received(1, 3_100, 900),
        ]));

    [Fact]
    public void A_fault_of_no_node_has_a_backlog_too() => Assert.Equal(
        [(1, 100)],
        BacklogsIn([.. First.Select(static step => (FaultEvent)step with { Node = null }), Sent(1, 900), Received(1, 3_100, 900)]));

    [Fact]
    public void Where_clocks_differ_nobody_can_tell()
    {
        ResultEvent[] run = [.. First, Sent(1, 900), Received(1, 3_100, 900)];

        Assert.All(
            [
                Judge.Of(Complete([Started("producer", "clock-2"), Started("consumer"), .. run])).Verdict,
                Judge.Of(Complete([Started("producer"), Started("consumer", "clock-2"), .. run])).Verdict,
                Judge.Of(Complete([Started("producer", "clock-2"), Started("consumer", "clock-2"), .. run])).Verdict,
            ],
            static verdict => Assert.Equal((0, (null, null)), (verdict.Gaps.Count, Assert.Single(BacklogsOf(verdict)))));
    }

    [Fact]
    public void Of_incomplete_evidence_nobody_can_tell()
    {
        var run = Complete([.. Programs, .. First, Sent(1, 900), Sent(2, 950), Received(1, 3_100, 900), Received(2, 3_200, 950)]);

        Assert.Equal([(2, 200)], BacklogsOf(Judge.Of(run).Verdict));
        Assert.All(
            [
                Judge.Of(run.Where(static written => written is not (ReceivedEvent { Sequence: 2 } or ConsumerSummaryEvent))).Verdict,
                Judge.Of(run.Where(static written => written is not SentEvent { Sequence: 2 })).Verdict,
                Judge.Of(run.Where(static written => written is not DrillEndedEvent)).Verdict,
            ],
            static verdict => Assert.Equal([(null, null)], BacklogsOf(verdict)));
    }

    [Fact]
    public void A_backlog_changes_no_outcome_and_stands_in_the_report()
    {
        var verdict = VerdictOf([.. First, Sent(1, 900), Received(1, 5_200, 900)]);

        Assert.Equal((Outcome.Passed, 0), (verdict.Outcome, verdict.Reasons.Count));
        Assert.Contains("\"backlog\": 1,", ReportJson.Write(verdict), StringComparison.Ordinal);
        Assert.Contains("\"catch_up_ms\": 2200", ReportJson.Write(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_for_many_messages_grows_no_faster_than_their_number_whatever_the_number_of_faults()
    {
        // Each of them entered for each fault would take a thousand times as long with 4,000 faults as with four.
        var (few, many) = (Counting(4), Counting(4_000));

        Assert.InRange(Fastest.Ratio(() => Enter(many), () => Enter(few)), 0, 50);
    }

    private static BacklogCount Counting(int faults) => new(FaultHistory.Of(
        from id in Enumerable.Range(0, faults)
        from step in new[] { ("injecting", 0), ("healing", 30) }
        select Entry.Of("lab", Fault(id, step.Item1, (id * 40) + step.Item2))));

    // Over the time of all faults, so that each look-up has a different end.
    private static void Enter(BacklogCount count)
    {
        for (var message = 0; message < 10_000; message++)
        {
            var due = Start.UtcDateTime.AddMilliseconds(message * 16);
            count.Enter(new Interval(due, due.AddMinutes(2)), confirmed: null);
            count.EnterUnreceived(due);
        }
    }

    private static IEnumerable<(long? Backlog, double? CatchUp)> BacklogsIn(params ResultEvent[] events) => BacklogsOf(VerdictOf(events));

    private static IEnumerable<(long? Backlog, double? CatchUp)> BacklogsOf(Verdict verdict) =>
        verdict.Faults.Select(static fault => (fault.Backlog, fault.CatchUp?.TotalMilliseconds));
}
