using ClusterTest.Events;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>Which messages waited through a fault.</summary>
public sealed class LateRuleTests
{
    private static readonly ResultEvent[] First =
        [Fault(1, "injecting", 1_000), Fault(1, "effective", 1_100), Fault(1, "healing", 3_000), Fault(1, "healed", 3_500)];

    private static readonly ResultEvent[] Second =
        [Fault(2, "injecting", 5_000), Fault(2, "effective", 5_100), Fault(2, "healing", 7_000), Fault(2, "healed", 7_500)];

    [Fact]
    public void A_message_that_is_received_before_the_healing_begins_is_on_time() =>
        Assert.Equal((0, null), LateIn([.. First, Sent(1, 900), Received(1, 3_000, 900)]));

    [Fact]
    public void A_message_from_before_the_fault_that_is_received_after_the_healing_began_is_late()
    {
        var verdict = VerdictOf([.. First, Sent(1, 1_099), Sent(2, 500), Received(1, 3_001, 1_099), Received(2, 3_300, 500)]);

        Assert.Equal((2, 2_800), Of(verdict));
        Assert.Equal(2, verdict.Faults[0].Late);
        Assert.Equal((0, Outcome.Passed), (verdict.Lost, verdict.Outcome));
    }

    [Fact]
    public void A_message_that_was_published_during_the_fault_is_not_late() =>
        Assert.Equal((0, null), LateIn([.. First, Sent(1, 1_100), Received(1, 3_400, 1_100)]));

    [Fact]
    public void A_message_that_waited_through_two_faults_is_late_once_and_by_the_last()
    {
        var verdict = VerdictOf(
        [
            .. First, .. Second,
            Sent(1, 900), Sent(2, 4_000), Sent(3, 950),
            Received(3, 3_600, 950), Received(1, 7_100, 900), Received(2, 7_200, 4_000),
        ]);

        Assert.Equal((3, 6_200), Of(verdict));
        Assert.Equal([1, 2], verdict.Faults.Select(static fault => fault.Late));
    }

    [Fact]
    public void Of_faults_that_overlap_the_one_whose_healing_began_last_counts()
    {
        ResultEvent[] within = [Fault(2, "injecting", 1_200), Fault(2, "effective", 1_300), Fault(2, "healing", 2_000), Fault(2, "healed", 2_100)];

        var verdict = VerdictOf([.. First, .. within, Sent(1, 900), Sent(2, 900), Received(1, 2_500, 900), Received(2, 3_100, 900)]);

        Assert.Equal([1, 1], verdict.Faults.Select(static fault => fault.Late));
    }

    [Fact]
    public void The_first_receipt_counts_wherever_it_is_written()
    {
        Assert.Equal((0, null), LateIn([.. First, Sent(1, 900), Received(1, 2_000, 900), Received(1, 3_100, 900)]));
        Assert.Equal(
            (1, 2_200),
            LateIn(
            [
                .. First, Started("consumer-2", program: "consumer"),
                Sent(1, 900), Received(1, 9_000, 900, source: "consumer-2"), Received(1, 3_100, 900),
            ]));
    }

    [Fact]
    public void What_was_not_confirmed_is_not_late_whether_it_was_received_or_not() => Assert.Equal(
        (0, null),
        LateIn(
        [
            .. First, Unknown(1, 900), Unknown(2, 900),
            Received(1, 3_100, 900), Received(9, 3_100, 900), Received(1, 3_200, 900, run: "run-2"),
        ]));

    [Fact]
    public void What_was_confirmed_only_when_the_fault_was_healed_was_with_the_producer_and_not_with_the_broker()
    {
        Assert.Equal((0, null), LateIn([.. First, Sent(1, 900, 2_600), Received(1, 3_600, 900)]));
        Assert.Equal((1, 2_700), LateIn([.. First, Sent(1, 900, 2_599), Received(1, 3_600, 900)]));
    }

    [Fact]
    public void A_message_that_was_confirmed_after_one_fault_may_be_late_by_the_next()
    {
        var verdict = VerdictOf([.. First, .. Second, Received(1, 7_100, 900), Sent(1, 900, 2_600)]);

        Assert.Equal([0, 1], verdict.Faults.Select(static fault => fault.Late));
    }

    [Fact]
    public void A_parked_message_is_not_late() => Assert.Equal((0, null), LateIn([.. First, Sent(1, 900), Parked(1, 3_100)]));

    [Fact]
    public void A_fault_that_never_took_effect_counts_from_its_injection()
    {
        ResultEvent[] failed = [Fault(1, "injecting", 1_000), Fault(1, "failed", 2_000), Fault(1, "healing", 3_000), Fault(1, "healed", 3_500)];

        Assert.Equal((1, 2_101), LateIn([.. failed, Sent(1, 999), Sent(2, 1_000), Received(1, 3_100, 999), Received(2, 3_200, 1_000)]));
    }

    [Fact]
    public void A_fault_that_was_never_healed_makes_nothing_late_and_one_whose_healing_failed_does()
    {
        Assert.Equal((0, null), LateIn([.. First[..2], Sent(1, 900), Received(1, 3_100, 900)]));
        Assert.Equal((1, 2_200), LateIn([.. First[..3], Fault(1, "failed", 3_500), Sent(1, 900), Received(1, 3_100, 900)]));
    }

    [Fact]
    public void A_fault_of_no_node_keeps_no_messages_unless_it_is_a_command_of_which_nobody_knows()
    {
        Assert.Equal((0, null), LateIn([.. First.Select(static step => (FaultEvent)step with { Node = null }), Sent(1, 900), Received(1, 3_100, 900)]));
        Assert.Equal(
            (1, 2_200),
            LateIn([.. First.Select(static step => (FaultEvent)step with { Node = null, Checked = false }), Sent(1, 900), Received(1, 3_100, 900)]));
    }

    [Fact]
    public void A_fault_that_is_over_when_it_took_effect_began_with_its_injection_and_is_healed_then()
    {
        ResultEvent[] restart = [.. First.Select(static step => (FaultEvent)step with { OverWhenEffective = true })];

        Assert.Equal((0, null), LateIn([.. restart, Sent(1, 1_000), Sent(2, 1_050), Received(1, 1_101, 1_000), Received(2, 3_600, 1_050)]));
        Assert.Equal((0, null), LateIn([.. restart, Sent(1, 900), Received(1, 1_100, 900)]));
        Assert.Equal((1, 201), LateIn([.. restart, Sent(1, 900), Received(1, 1_101, 900)]));
        Assert.Equal((1, 201), LateIn([.. restart[..2], Sent(1, 900), Received(1, 1_101, 900)]));
        Assert.Equal((0, null), LateIn([.. restart, Sent(1, 900, 200), Received(1, 1_101, 900)]));
        Assert.Equal((1, 201), LateIn([.. restart, Sent(1, 900, 199), Received(1, 1_101, 900)]));
    }

    [Fact]
    public void If_such_a_fault_never_took_effect_it_is_healed_like_any_other()
    {
        ResultEvent[] failed = [Fault(1, "injecting", 1_000), Fault(1, "failed", 2_000), Fault(1, "healing", 3_000), Fault(1, "healed", 3_500)];
        ResultEvent[] restart = [.. failed.Select(static step => (FaultEvent)step with { OverWhenEffective = true })];

        Assert.Equal((1, 2_101), LateIn([.. restart, Sent(1, 999), Sent(2, 998), Received(1, 3_100, 999), Received(2, 3_000, 998)]));
    }

    [Fact]
    public void Without_faults_no_message_is_late_whatever_the_clocks()
    {
        Assert.Equal((0, null), LateIn([Sent(1, 900), Received(1, 60_000, 900)]));
        Assert.Equal((0, null), Of(Judge.Of([Started("producer", "clock-2"), Started("consumer"), Sent(1, 900), Received(1, 60_000, 900)]).Verdict));
    }

    [Fact]
    public void Where_clocks_differ_nobody_can_tell()
    {
        ResultEvent[] run = [.. First, Sent(1, 900), Received(1, 3_100, 900)];

        Assert.All(
            [
                Judge.Of([Started("producer", "clock-2"), Started("consumer"), .. run]).Verdict,
                Judge.Of([Started("producer"), Started("consumer", "clock-2"), .. run]).Verdict,
                Judge.Of([Started("producer", "clock-2"), Started("consumer", "clock-2"), .. run]).Verdict,
            ],
            static verdict => Assert.Equal((null, null, null), (verdict.Late, verdict.Lateness, verdict.Faults[0].Late)));
    }

    [Fact]
    public void Late_messages_change_no_outcome_and_a_report_without_them_is_read()
    {
        var verdict = VerdictOf([.. First, Sent(1, 900), Received(1, 3_100, 900)]);

        Assert.Equal(OutcomeRule.Apply(verdict with { Late = 0, Lateness = null }).Outcome, verdict.Outcome);
        Assert.Empty(verdict.Reasons);
        Assert.Contains("\"late\": 1,", ReportJson.Write(verdict), StringComparison.Ordinal);
        Assert.Contains("\"lateness_ms\": 2200", ReportJson.Write(verdict), StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_for_many_messages_grows_no_faster_than_their_number_whatever_the_number_of_faults()
    {
        // Each of them compared with each fault would take a thousand times as long with 4,000 faults as with four.
        var (few, many) = (new LateRule(Faults(4)), new LateRule(Faults(4_000)));

        Assert.InRange(Fastest.Ratio(() => LookUp(many), () => LookUp(few)), 0, 50);
    }

    private static IReadOnlyList<FaultRecord> Faults(int count) => FaultHistory.Of(
        from id in Enumerable.Range(0, count)
        from step in new[] { ("injecting", 0), ("effective", 1), ("healing", 3), ("healed", 4) }
        select Entry.Of("lab", Fault(id, step.Item1, (id * 40) + (step.Item2 * 10))));

    private static void LookUp(LateRule rule)
    {
        const int messages = 10_000;
        var late = 0;
        for (var message = 0; message < messages; message++)
        {
            var due = Start.UtcDateTime.AddMilliseconds(message * 16.1);
            var delay = new Interval(due, due.AddMilliseconds(30));
            late += rule.IsStalledThroughFault(delay) || rule.FindLast(delay, confirmed: null) is null ? 0 : 1;
        }

        Assert.InRange(late, 1, messages - 1);
    }

    private static (long? Late, double? Lateness) LateIn(params ResultEvent[] events) => Of(VerdictOf(events));

    private static (long? Late, double? Lateness) Of(Verdict verdict) => (verdict.Late, verdict.Lateness?.TotalMilliseconds);
}
