using ClusterTest.Events;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What each fault answers for.</summary>
public sealed class FaultRuleTests
{
    private static readonly ResultEvent[] First =
        [Fault(1, "injecting", 1_000), Fault(1, "effective", 1_100), Fault(1, "healing", 1_900), Fault(1, "healed", 2_000)];

    private static readonly ResultEvent[] Second =
        [Fault(2, "injecting", 3_000, "freeze"), Fault(2, "effective", 3_100, "freeze"), Fault(2, "healed", 4_000, "freeze")];

    [Fact]
    public void Each_fault_is_listed_with_its_steps_in_the_order_of_injection()
    {
        var faults = VerdictOf([.. Second, .. First]).Faults;

        Assert.Equal(
            [(1, "kill", "rabbit1", "leader"), (2, "freeze", "rabbit1", "leader")],
            faults.Select(static fault => (fault.Id, fault.Fault, fault.Node, fault.Role)));
        Assert.Equal((Start.AddSeconds(1), Start.AddSeconds(1.1), Start.AddSeconds(2)), (faults[0].Injected, faults[0].Effective, faults[0].Healed));
        Assert.Equal(
            (null, null, null, null, null, null),
            (faults[0].Failure, faults[0].Outage, faults[0].Stall, faults[0].Delay, faults[0].Consumer, faults[0].Producer));
    }

    [Fact]
    public void A_fault_that_failed_says_why()
    {
        var fault = Assert.Single(VerdictOf(Fault(1, "injecting", 1_000), Fault(1, "failed", 1_500, detail: "no such node")).Faults);

        Assert.Equal(("no such node", null, null), (fault.Failure, fault.Effective, fault.Healed));
    }

    [Fact]
    public void How_the_broker_failed_over_is_told_of_the_fault_whose_healing_tells_it_on_any_clock()
    {
        var moved = new FailoverTimes("host2", Span(1_000), Span(10), Span(2_000), Span(300), Span(8_000));
        var restarted = new FailoverTimes("host2", null, null, null, null, Span(7_000));

        var verdict = VerdictOf(
        [
            .. First.Select(step => step is FaultEvent { Step: "healing" } healing ? healing with { Failover = moved } : step),
            .. Second,
            Fault(3, "injecting", 5_000, clock: "clock-2"), Fault(3, "healing", 5_900, clock: "clock-2") with { Failover = restarted },
        ]);

        Assert.Equal([moved, null, restarted], verdict.Faults.Select(static fault => fault.Failover));
    }

    [Fact]
    public void A_fault_answers_for_silences_until_the_next_injection()
    {
        var verdict = VerdictOf(
        [
            .. First, .. Second,
            Sent(1),
            Received(1, 500), Received(2, 800), Received(3, 1_300), Received(4, 2_900), Received(5, 2_950),
            Received(6, 3_700), Received(7, 9_000), Received(8, 9_100),
        ]);

        Assert.Equal([1_600, 5_300], verdict.Faults.Select(static fault => Ms(fault.Outage)));
        Assert.Equal(5_300, Ms(verdict.Outage));
    }

    [Fact]
    public void A_silence_that_began_before_the_fault_counts_if_it_lasts_into_it() =>
        Assert.Equal(700, Ms(VerdictOf([.. First, Sent(1), Received(1, 500), Received(2, 1_200), Received(3, 1_300)]).Faults[0].Outage));

    [Fact]
    public void A_fault_after_which_nothing_is_heard_again_has_an_outage_to_the_end() =>
        Assert.Equal(8_200, Ms(VerdictOf([.. First, Sent(1), Received(1, 700), Received(2, 800), Sent(3, 900), Unknown(4, 1_000, 8_000)]).Faults[0].Outage));

    [Fact]
    public void Faults_that_overlap_answer_both()
    {
        ResultEvent[] overlapping =
        [
            Fault(1, "injecting", 1_000), Fault(1, "healed", 3_500),
            Fault(2, "injecting", 2_000), Fault(2, "healed", 2_500),
            Fault(3, "injecting", 4_000),
        ];

        var verdict = VerdictOf([.. overlapping, Sent(1, 3_000, 300), Sent(2, 4_500, 200), Sent(3, 1_200, 100)]);

        Assert.Equal([300, 300, 200], verdict.Faults.Select(static fault => Ms(fault.Stall)));
    }

    [Fact]
    public void A_fault_that_was_never_over_answers_to_the_end() => Assert.Equal(
        [300, 300],
        StallsIn(Fault(1, "injecting", 1_000), Fault(2, "injecting", 2_000), Sent(1, 3_000, 300)));

    [Fact]
    public void A_fault_that_failed_and_was_healed_afterwards_answers_until_it_was_healed() => Assert.Equal(
        [300, 300, 200],
        StallsIn(
            Fault(1, "injecting", 1_000), Fault(1, "failed", 1_500), Fault(2, "injecting", 2_000), Fault(1, "healed", 2_500), Fault(2, "healed", 2_600),
            Fault(3, "injecting", 4_000), Sent(1, 3_000, 300), Sent(2, 4_500, 200)));

    [Fact]
    public void A_wait_for_a_confirm_counts_for_the_fault_that_it_overlaps() => Assert.Equal(
        [900, 250],
        StallsIn([.. First, .. Second, Sent(1, 600, 900), Sent(2, 2_000, 100), Unknown(3, 2_900, 250), Sent(4, 0, 950)]));

    [Fact]
    public void A_delay_counts_for_the_fault_that_it_overlaps()
    {
        var verdict = VerdictOf([.. First, .. Second, Sent(1, 600), Received(1, 1_400, 600), Received(2, 3_030, 3_000)]);

        Assert.Equal([800, 30], verdict.Faults.Select(static fault => Ms(fault.Delay)));
    }

    [Fact]
    public void Without_a_sign_of_life_recovery_is_timed_from_the_injection()
    {
        var fault = VerdictOf([
            .. First, .. Second,
            Lost(900, session: 1), Recovered(950, session: 1),
            Lost(1_040), Lost(1_050, session: 1), Recovered(1_090, 12), Recovered(1_200, 7, session: 1),
            Lost(1_500, "producer"), Recovered(1_700, 100, "producer"),
            Lost(3_010), Recovered(3_020),
        ]).Faults[0];

        Assert.Equal(new RecoveryTimes(Span(50), Span(12), Span(200)), fault.Consumer);
        Assert.Equal(new RecoveryTimes(Span(500), Span(100), Span(700)), fault.Producer);
    }

    [Fact]
    public void A_consumers_recovery_is_timed_from_the_last_receipt_of_each_session()
    {
        var fault = VerdictOf([
            .. First, Sent(1),
            Received(1, 1_300), Parked(2, 1_400), Received(3, 1_700),
            Received(4, 1_590) with { Session = 1 },
            Lost(1_410), Recovered(1_500), Lost(1_600, session: 1), Recovered(1_640, session: 1),
        ]).Faults[0];

        Assert.Equal(new RecoveryTimes(Span(10), Span(5), Span(100)), fault.Consumer);
    }

    [Fact]
    public void A_producers_recovery_is_timed_from_its_last_confirm_before_the_loss_whatever_the_order_of_the_lines()
    {
        var fault = VerdictOf([
            .. First,
            Sent(1, 1_000, 100), Lost(1_500, "producer"), Sent(2, 1_450, 30), Sent(3, 1_200, 20), Recovered(1_600, source: "producer"), Sent(4, 1_460, 200),
            Started("producer-2", program: "producer"), Sent(1, 1_000, 495, "run-2", "producer-2"),
        ]).Faults[0];

        Assert.Equal(new RecoveryTimes(Span(20), Span(5), Span(120)), fault.Producer);
    }

    [Fact]
    public void A_recovery_is_a_sign_of_life_before_the_next_loss() => Assert.Equal(
        new RecoveryTimes(Span(40), Span(5), Span(140)),
        VerdictOf(
        [
            .. First,
            Sent(1), Received(1, 1_100),
            Lost(1_120), Recovered(1_200),
            Lost(1_240), Recovered(1_340),
            Received(2, 1_350),
        ]).Faults[0].Consumer);

    [Fact]
    public void A_sign_of_life_before_the_injection_does_not_count() => Assert.Equal(
        new RecoveryTimes(Span(40), Span(5), Span(90)), VerdictOf([.. First, Sent(1), Received(1, 500), Lost(1_040), Recovered(1_090)]).Faults[0].Consumer);

    [Fact]
    public void A_session_that_never_came_back_was_never_ready()
    {
        var fault = VerdictOf([.. First, Lost(1_040), Lost(1_050, session: 1), Recovered(1_090, 12)]).Faults[0];

        Assert.Equal(new RecoveryTimes(Span(50), Span(12), null), fault.Consumer);
        Assert.Null(fault.Producer);
    }

    [Fact]
    public void A_session_that_was_lost_during_a_fault_and_came_back_after_the_next_one_counts_for_the_first() =>
        Assert.Equal(new RecoveryTimes(Span(40), Span(5), Span(2_500)), VerdictOf([.. First, .. Second, Lost(1_040), Recovered(3_500)]).Faults[0].Consumer);

    [Fact]
    public void Faults_of_another_clock_are_listed_and_not_timed()
    {
        var fault = Assert.Single(VerdictOf(
            Fault(1, "injecting", 1_000, clock: "clock-2"),
            Sent(1, 1_100, 300), Received(1, 1_200, 1_100), Received(2, 1_900),
            Lost(1_300), Recovered(1_400)).Faults);

        Assert.Equal((null, null, null, null, null), (fault.Outage, fault.Stall, fault.Delay, fault.Consumer, fault.Producer));
    }

    [Fact]
    public void A_producer_on_another_machine_leaves_the_consumers_times()
    {
        var fault = Judge.Of([
            Started("producer", "clock-2"), Started("consumer"),
            .. First,
            Sent(1, 1_100, 300), Received(1, 1_200, 1_100), Received(2, 1_900),
            Lost(1_300), Lost(1_300, "producer"),
        ]).Verdict.Faults[0];

        Assert.Equal((700, null, null), (Ms(fault.Outage), fault.Stall, fault.Delay));
        Assert.NotNull(fault.Consumer);
        Assert.Null(fault.Producer);
    }

    private static IEnumerable<double?> StallsIn(params ResultEvent[] events) => VerdictOf(events).Faults.Select(static fault => Ms(fault.Stall));

    private static TimeSpan Span(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static double? Ms(TimeSpan? time) => time is { } known ? Math.Round(known.TotalMilliseconds, 3) : null;
}
