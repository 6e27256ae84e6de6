using ClusterTest.Events;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What the evidence proves: the one rule of drills, soaks, reports and <c>verdict</c>, from the evidence alone.</summary>
public sealed class OutcomeRuleTests
{
    private static readonly ResultEvent[] Good =
    [
        DrillStarted(),
        Sent(1), Sent(2),
        Received(1), Received(2, 502),
        Fault(1, "injecting", 10), Fault(1, "effective", 20), Fault(1, "healed", 30),
    ];

    [Fact]
    public void Nothing_lost_is_passed() => AssertOutcome(Outcome.Passed, [], Good);

    [Fact]
    public void A_lost_message_fails() => AssertOutcome(Outcome.Failed, ["1 confirmed message was lost."], [.. Good, Sent(3)]);

    [Fact]
    public void Several_lost_messages_are_counted() => AssertOutcome(Outcome.Failed, ["3 confirmed messages were lost."], [.. Good, Sent(3), Sent(4), Sent(5)]);

    [Fact]
    public void A_loss_stays_one_whatever_went_wrong_later() => AssertOutcome(
        Outcome.Failed,
        ["1 confirmed message was lost.", "kill rabbit1: no such process.", "cluster-test-consumer ended by itself.", "It did not flow."],
        [
            .. Good,
            Sent(3),
            Fault(2, "injecting", 100), Fault(2, "failed", 200, detail: "no such process."),
            Problem(ProblemKind.NoFlow, "It did not flow."),
            Problem(ProblemKind.Invalid, "cluster-test-consumer ended by itself."),
        ]);

    [Fact]
    public void A_message_that_nobody_came_back_for_fails() => AssertOutcome(
        Outcome.Failed, ["1 confirmed message still in a queue: the consumer did not come back for them."], [.. Good, Sent(3), Drained(3)]);

    [Fact]
    public void Messages_that_do_not_flow_again_fail() =>
        AssertOutcome(Outcome.Failed, ["They did not."], [.. Good, Problem(ProblemKind.NoFlow, "They did not.")]);

    [Theory]
    [InlineData(ProblemKind.TwoBrokers)]
    [InlineData(ProblemKind.OtherData)]
    public void What_a_cluster_manager_must_never_do_fails(string kind)
    {
        AssertOutcome(Outcome.Failed, ["It did."], [.. Good, Problem(kind, "It did.")]);
        AssertOutcome(Outcome.Failed, ["It did."], [DrillStarted(planned: 2), .. Good[1..], Problem(kind, "It did.")]);
        AssertOutcome(Outcome.Failed, ["1 confirmed message was lost.", "It did."], [.. Good, Sent(3), Problem(kind, "It did.")]);
        AssertOutcome(Outcome.Invalid, ["It ended.", "It did."], [.. Good, Problem(kind, "It did."), Problem(ProblemKind.Invalid, "It ended.")]);
    }

    [Fact]
    public void Of_several_problems_that_fail_the_gravest_is_said_first() => AssertOutcome(
        Outcome.Failed,
        ["1 confirmed message was lost.", "Two ran.", "It was another.", "It did not flow."],
        [
            .. Good,
            Sent(3),
            Problem(ProblemKind.NoFlow, "It did not flow."),
            Problem(ProblemKind.OtherData, "It was another."),
            Problem(ProblemKind.TwoBrokers, "Two ran."),
        ]);

    [Fact]
    public void A_run_in_which_everything_was_parked_fails() => AssertOutcome(
        Outcome.Failed,
        ["2 messages were parked instead of handled."],
        [
            DrillStarted(),
            Sent(1), Sent(2),
            Parked(1), Parked(2),
            Drained(1) with { Queue = "q.parked" }, Drained(2) with { Queue = "q.parked" },
        ]);

    [Fact]
    public void Parked_messages_of_a_stranger_do_not_fail() => AssertOutcome(
        Outcome.Passed, [], [.. Good, Parked(9, run: "stranger"), Drained(9) with { Run = "stranger", Queue = "q.parked" }]);

    [Fact]
    public void An_unknown_message_does_not_fail() => AssertOutcome(Outcome.Passed, [], [.. Good, Unknown(3), Returned(4), NotSent(5)]);

    [Theory]
    [InlineData(499, Outcome.Failed)]
    [InlineData(500, Outcome.Passed)]
    public void An_outage_longer_than_the_drill_allows_fails(int allowedMilliseconds, Outcome expected)
    {
        var allowed = TimeSpan.FromMilliseconds(allowedMilliseconds);
        Assert.Equal(expected, VerdictOf([DrillStarted(allowed), .. Good[1..]]).Outcome);
        Assert.Equal(expected, Judge.Of(Complete([.. Programs, .. Good]), allowed).Verdict.Outcome);
        Assert.Equal(expected, Judge.Of(Complete([.. Programs, DrillStarted(TimeSpan.FromDays(1)), .. Good[1..]]), allowed).Verdict.Outcome);
    }

    [Fact]
    public void A_fault_that_did_not_take_effect_makes_it_invalid() => AssertOutcome(
        Outcome.Invalid, ["kill rabbit1: no such process."], [.. Good, Fault(2, "injecting", 100), Fault(2, "failed", 200, detail: "no such process.")]);

    [Fact]
    public void A_fault_that_was_not_healed_is_said_once() => AssertOutcome(
        Outcome.Invalid,
        ["kill rabbit1: it stayed."],
        [
            .. Good,
            Fault(2, "injecting", 100), Fault(2, "failed", 200, detail: "it stayed."),
            Problem(ProblemKind.Invalid, "kill rabbit1: it stayed."),
        ]);

    [Fact]
    public void A_fault_of_which_nobody_knows_whether_it_took_effect_makes_it_invalid() => AssertOutcome(
        Outcome.Invalid, ["kill rabbit1: whether it took effect is not known."], [.. Good, Fault(2, "injecting", 100)]);

    [Fact]
    public void A_fault_that_was_not_undone_makes_it_invalid_unless_nothing_was_to_undo_it()
    {
        AssertOutcome(
            Outcome.Invalid,
            ["kill rabbit1: whether it was undone is not known."],
            [.. Good, Fault(2, "injecting", 100), Fault(2, "effective", 200)]);
        AssertOutcome(
            Outcome.Passed,
            [],
            [.. Good, Fault(2, "injecting", 100) with { StaysBroken = true }, Fault(2, "effective", 200) with { StaysBroken = true }]);
    }

    [Fact]
    public void A_plan_that_was_not_carried_out_proves_nothing()
    {
        AssertOutcome(Outcome.Invalid, ["1 fault of the plan was not tried."], [DrillStarted(planned: 2), .. Good[1..]]);
        AssertOutcome(Outcome.Passed, [], [DrillStarted(planned: 1), .. Good[1..]]);
        AssertOutcome(Outcome.Failed, ["They did not."], [DrillStarted(planned: 2), .. Good[1..], Problem(ProblemKind.NoFlow, "They did not.")]);
    }

    [Theory]
    [InlineData(ProblemKind.Invalid)]
    [InlineData(ProblemKind.Interrupted)]
    [InlineData("of-a-newer-version")]
    public void What_went_wrong_in_the_run_makes_it_invalid(string kind) => AssertOutcome(
        Outcome.Invalid, ["Somebody pulled the plug."], [.. Good, Problem(kind, "Somebody pulled the plug.")]);

    [Fact]
    public void Without_a_confirmed_message_it_is_invalid() => AssertOutcome(
        Outcome.Invalid, ["No message was confirmed: nothing was tried."], [DrillStarted(), NotSent(1)]);

    [Fact]
    public void Several_runs_fail_when_one_does()
    {
        Assert.Equal(Outcome.Failed, OutcomeRule.Of([Outcome.Passed, Outcome.Failed, Outcome.Invalid, Outcome.Incomplete]));
        Assert.Equal(Outcome.Incomplete, OutcomeRule.Of([Outcome.Invalid, Outcome.Incomplete, Outcome.Passed]));
        Assert.Equal(Outcome.Invalid, OutcomeRule.Of([Outcome.Passed, Outcome.Invalid]));
        Assert.Equal(Outcome.Passed, OutcomeRule.Of([Outcome.Passed, Outcome.Passed]));
        Assert.Equal(Outcome.Invalid, OutcomeRule.Of([]));
    }

    private static void AssertOutcome(Outcome expected, string[] reasons, ResultEvent[] events)
    {
        var verdict = VerdictOf(events);

        Assert.Equal(expected, verdict.Outcome);
        Assert.Equal(reasons, verdict.Reasons);
    }
}
