using ClusterTest.Events;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What becomes of messages: each rule by itself, shown failing as well.</summary>
public sealed class MessageRuleTests
{
    [Fact]
    public void A_confirmed_message_that_nobody_received_is_lost_and_named()
    {
        var verdict = VerdictOf(Sent(1), Sent(2), Sent(3), Received(1), Received(3));

        Assert.Equal((3, 2, 1), (verdict.Confirmed, verdict.Received, verdict.Lost));
        Assert.Equal(new MessageKey(Run, 2), Assert.Single(verdict.LostMessages));
    }

    [Fact]
    public void Nothing_is_lost_when_everything_was_received() => Assert.Equal(0, VerdictOf(Sent(1), Received(1)).Lost);

    [Fact]
    public void The_first_hundred_lost_messages_are_named()
    {
        var verdict = VerdictOf(Enumerable.Range(1, 300).Select(static sequence => Sent(sequence)).Reverse());

        Assert.Equal(300, verdict.Lost);
        Assert.Equal(Enumerable.Range(1, 100).Select(static sequence => new MessageKey(Run, sequence)), verdict.LostMessages);
    }

    [Fact]
    public void What_was_not_confirmed_is_never_lost()
    {
        var verdict = VerdictOf(Unknown(1), Returned(2), NotSent(3));

        Assert.Equal((0, 0, 1, 1, 1), (verdict.Confirmed, verdict.Lost, verdict.Unknown, verdict.Returned, verdict.NotSent));
        Assert.Equal(0, verdict.Recovered);
    }

    [Fact]
    public void What_was_not_confirmed_and_yet_received_is_recovered()
    {
        var verdict = VerdictOf(Unknown(1), Returned(2), NotSent(3), Unknown(4), Received(1), Received(2), Received(3));

        Assert.Equal((3, 3, 2), (verdict.Received, verdict.Recovered, verdict.Unknown));
    }

    [Fact]
    public void A_message_without_an_outcome_is_neither_recovered_nor_lost()
    {
        var verdict = VerdictOf(Sent(1), Received(1), Received(2));

        Assert.Equal((2, 0, 0, 0, 1), (verdict.Received, verdict.Recovered, verdict.Lost, verdict.Unexpected, verdict.WithoutOutcome));
    }

    [Fact]
    public void Deliveries_beyond_the_first_are_duplicates_of_which_the_broker_flagged_some()
    {
        var verdict = VerdictOf(
            Sent(1), Sent(2), Received(1), Received(1, redelivered: true), Received(1), Received(2, redelivered: true));

        Assert.Equal((2, 2, 1), (verdict.Received, verdict.Duplicated, verdict.DuplicatedRedelivered));
    }

    [Fact]
    public void A_first_delivery_that_is_flagged_is_no_duplicate() =>
        Assert.Equal((0, 0), Duplicates(VerdictOf(Sent(1), Received(1, redelivered: true))));

    [Fact]
    public void There_are_no_more_flagged_duplicates_than_duplicates() =>
        Assert.Equal((1, 1), Duplicates(VerdictOf(Sent(1), Received(1, redelivered: true), Received(1, redelivered: true))));

    [Fact]
    public void A_parked_message_is_not_received_and_lost_when_it_is_not_in_the_parked_queue()
    {
        var recorded = VerdictOf(Sent(1), Parked(1), Parked(1));
        var found = VerdictOf(Sent(1), Parked(1), DrillStarted(), Drained(1) with { Queue = "q.parked" });
        var gone = VerdictOf(Sent(1), Parked(1), DrillStarted());
        var elsewhere = VerdictOf(Sent(1), Parked(1), DrillStarted(), Drained(1));

        Assert.Equal((0, 0, 1, 1, Outcome.Failed), (recorded.Received, recorded.Lost, recorded.Parked, recorded.Duplicated, recorded.Outcome));
        Assert.Equal((0, 0, 0, 1, Outcome.Failed), (found.Received, found.Lost, found.LeftBehind, found.Parked, found.Outcome));
        Assert.Equal((0, 1, 1, Outcome.Failed), (gone.Received, gone.Lost, gone.Parked, gone.Outcome));
        Assert.Equal((0, 1), (elsewhere.Lost, elsewhere.LeftBehind));
    }

    [Fact]
    public void A_message_in_the_parked_queue_is_parked_even_if_its_consumer_did_not_live_to_tell() =>
        Assert.Equal((0, 0, 1), Places(VerdictOf(Sent(1), DrillStarted(), Drained(1) with { Queue = "q.parked" })));

    [Fact]
    public void A_body_that_is_not_what_was_sent_is_a_loss()
    {
        var verdict = VerdictOf(Sent(1), Received(1) with { Damage = "the digest does not fit the body" });

        Assert.Equal((1, Outcome.Failed), (verdict.Damaged, verdict.Outcome));
    }

    [Fact]
    public void A_strangers_body_is_no_concern_of_ours()
    {
        var verdict = VerdictOf(Sent(1), Received(1), Received(1, run: "run-2") with { Damage = "the digest does not fit the body" });

        Assert.Equal((0, Outcome.Passed), (verdict.Damaged, verdict.Outcome));
    }

    [Fact]
    public void What_no_producer_of_the_evidence_sent_is_unexpected()
    {
        var verdict = VerdictOf(
            Sent(1),
            Received(1),
            Received(1, run: "run-2"), Received(1, run: "run-2"),
            Received(null),
            Received(5, run: null),
            Parked(null, run: null));

        Assert.Equal((1, 5, 0, 0), (verdict.Received, verdict.Unexpected, verdict.Duplicated, verdict.Parked));
    }

    [Fact]
    public void A_message_found_in_a_queue_afterwards_is_left_behind()
    {
        var verdict = VerdictOf(Sent(1), Sent(2), Drained(1));

        Assert.Equal((1, 1), (verdict.LeftBehind, verdict.Lost));
    }

    [Fact]
    public void A_message_that_was_received_and_found_again_is_not_left_behind() => Assert.Equal(0, VerdictOf(Sent(1), Received(1), Drained(1)).LeftBehind);

    [Fact]
    public void Each_consumer_has_an_order_of_its_own()
    {
        Assert.Equal(1, VerdictOf(Received(1), Received(3), Received(2), Received(4), Sent(1)).Reordered);
        Assert.Equal(0, VerdictOf(Received(1), Received(3), Received(2, source: "consumer-2"), Received(4), Sent(1)).Reordered);
    }

    [Fact]
    public void A_duplicate_is_not_reordered() => Assert.Equal(0, VerdictOf(Sent(1), Received(1), Received(2), Received(1)).Reordered);

    [Fact]
    public void What_was_unexpected_is_not_reordered() => Assert.Equal(0, VerdictOf(Sent(1), Received(2, run: "run-2"), Received(1, run: "run-2")).Reordered);

    [Fact]
    public void A_confirm_outdoes_what_the_producer_thought_before()
    {
        ResultEvent[] events = [Unknown(1), Sent(1)];

        Assert.All(
            [VerdictOf(events), VerdictOf(events.Reverse())],
            static verdict => Assert.Equal((1, 1, 0), (verdict.Confirmed, verdict.Lost, verdict.Unknown)));
    }

    [Theory]
    [InlineData(0, 0, true)]
    [InlineData(1_999, 2_100, true)] // published before the fault was effective, at 2,000
    [InlineData(2_000, 2_100, false)]
    [InlineData(-50, 0, true)] // confirmed at most a second before the injection began, at 1,000
    [InlineData(-50, -1, false)]
    [InlineData(1_999, 3_000, true)] // confirmed at most a second after the queue was deleted
    [InlineData(1_999, 3_001, false)] // it was published again, to the queue that was declared anew
    public void A_message_on_its_way_to_a_queue_that_was_deleted_is_discarded_and_not_lost(double published, double confirmed, bool isDiscarded)
    {
        ResultEvent[] deleted = [Fault(1, "injecting", 1_000, "any name", takes: true), Fault(1, "effective", 2_000, "any name", takes: true)];

        var verdict = VerdictOf([Sent(1, published, confirmed - published), .. deleted]);

        Assert.Equal(isDiscarded ? (1, 0) : (0, 1), (verdict.Discarded, verdict.Lost));
        Assert.Equal((0, 0), Fate(VerdictOf([Sent(1, published, confirmed - published), Received(1), .. deleted])));
    }

    [Theory]
    [InlineData(false, Clock, "effective")]
    [InlineData(true, "another clock", "effective")]
    [InlineData(true, Clock, "failed")]
    public void Only_a_fault_that_says_so_takes_messages_along(bool takes, string clock, string step) => Assert.Equal(
        (0, 1),
        Fate(VerdictOf(
            Sent(1, 1_500),
            Fault(1, "injecting", 1_000, "delete-queue", clock, takes: takes),
            Fault(1, step, 2_000, "delete-queue", clock, takes: takes))));

    private static (long Lost, long LeftBehind, long Parked) Places(Verdict verdict) => (verdict.Lost, verdict.LeftBehind, verdict.Parked);

    private static (long Discarded, long Lost) Fate(Verdict verdict) => (verdict.Discarded, verdict.Lost);

    private static (long Duplicated, long Flagged) Duplicates(Verdict verdict) => (verdict.Duplicated, verdict.DuplicatedRedelivered);
}
