using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Reports;
using ClusterTest.Lab.Verdicts;
using Xunit;

namespace ClusterTest.Lab.Tests.Drills;

public sealed class DrillOutcomesTests
{
    private static readonly RunResult Run = new("", "events.jsonl", [], []);

    private static readonly Verdict Good = new()
    {
        Confirmed = 10,
        Received = 10,
        Lost = 0,
        LostMessages = [],
        Discarded = 0,
        LeftBehind = 0,
        Duplicated = 2,
        DuplicatedRedelivered = 2,
        Reordered = 1,
        Unexpected = 0,
        Unknown = 1,
        Recovered = 1,
        Returned = 0,
        NotSent = 0,
        Parked = 0,
        Outage = TimeSpan.FromMilliseconds(500),
        Stall = null,
        Delay = null,
        ConfirmLatency = null,
        Producers = 1,
        Consumers = 1,
        Faults = [],
    };

    [Fact]
    public void Nothing_lost_is_passed()
    {
        var (outcome, reasons) = Of(Run, Good);

        Assert.Equal(DrillOutcome.Passed, outcome);
        Assert.Empty(reasons);
    }

    [Theory]
    [InlineData(1, "1 confirmed message was lost.")]
    [InlineData(3, "3 confirmed messages were lost.")]
    public void A_lost_message_fails(int lost, string reason)
    {
        var (outcome, reasons) = Of(Run, Good with { Lost = lost });

        Assert.Equal(DrillOutcome.Failed, outcome);
        Assert.Equal([reason], reasons);
    }

    [Fact]
    public void A_message_that_nobody_came_back_for_fails() => Assert.Equal(DrillOutcome.Failed, Of(Run, Good with { LeftBehind = 1 }).Outcome);

    [Fact]
    public void An_unknown_or_discarded_message_does_not_fail() =>
        Assert.Equal(DrillOutcome.Passed, Of(Run, Good with { Unknown = 5, Discarded = 5, Recovered = 0 }).Outcome);

    [Theory]
    [InlineData(499, DrillOutcome.Failed)]
    [InlineData(500, DrillOutcome.Passed)]
    public void An_outage_longer_than_allowed_fails(int allowedMilliseconds, DrillOutcome expected) =>
        Assert.Equal(expected, Of(Run, Good, TimeSpan.FromMilliseconds(allowedMilliseconds)).Outcome);

    [Fact]
    public void Messages_that_do_not_flow_again_fail() => Assert.Equal(DrillOutcome.Failed, Of(Run with { Failed = ["They did not."] }, Good).Outcome);

    [Fact]
    public void A_fault_that_did_not_take_effect_makes_it_invalid_even_when_messages_were_lost()
    {
        var (outcome, reasons) = Of(Run with { Invalid = ["kill rabbit1 did not."] }, Good with { Lost = 1 });

        Assert.Equal(DrillOutcome.Invalid, outcome);
        Assert.Equal(["kill rabbit1 did not.", "1 confirmed message was lost."], reasons);
    }

    [Fact]
    public void Without_a_confirmed_message_it_is_invalid() => Assert.Equal(DrillOutcome.Invalid, Of(Run, Good with { Confirmed = 0, Received = 0 }).Outcome);

    [Fact]
    public void A_reason_names_its_variant() =>
        Assert.Equal(["sessions=2: 1 confirmed message was lost."], Of(Run with { Variant = "sessions=2" }, Good with { Lost = 1 }).Reasons);

    private static (DrillOutcome Outcome, IReadOnlyList<string> Reasons) Of(RunResult run, Verdict verdict, TimeSpan? maxOutage = null)
    {
        var judgement = new Judgement(verdict, new Timeline(DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), [], []), [], []);
        return DrillOutcomes.Of([run], [new DrillVariant(run.Variant, judgement)], maxOutage);
    }
}
