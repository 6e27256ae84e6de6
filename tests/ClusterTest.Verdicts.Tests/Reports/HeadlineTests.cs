using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Pages;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

/// <summary>Headlines of the reasons that drills give.</summary>
public sealed class HeadlineTests
{
    private const string NoEffect = "kill rabbit2: it did not take effect within 90s.";
    private const string NoFlow = "kill rabbit2 was healed, and messages did not flow again within 60 s.";
    private const string LeftBehind = "2 confirmed messages still in a queue: the consumer did not come back for them.";

    [Fact]
    public void Lost_messages_are_the_title_and_are_not_said_twice() =>
        AssertHeadline(SampleReports.Failed() with { Reasons = [NoFlow, "3 confirmed messages were lost."] }, "Failed: 3 confirmed messages were lost", NoFlow);

    [Fact]
    public void A_reason_that_only_ends_like_the_title_is_said()
    {
        var report = SampleReports.Failed();
        var judgement = report.Variants[0].Judgement;
        var lossy = new DrillVariant("", judgement with { Verdict = judgement.Verdict with { Lost = 13 } });

        AssertHeadline(
            report with { Variants = [lossy], Reasons = ["3 confirmed messages were lost."] },
            "Failed: 13 confirmed messages were lost",
            "3 confirmed messages were lost.");
    }

    [Fact]
    public void Without_a_loss_the_first_reason_is_the_title_and_the_others_follow() => AssertHeadline(
        SampleReports.Passed() with { Outcome = Outcome.Failed, Reasons = [NoFlow, LeftBehind] },
        "Failed: kill rabbit2 was healed, and messages did not flow again within 60 s",
        LeftBehind);

    [Fact]
    public void A_reason_that_goes_on_after_a_colon_is_for_the_list() => AssertHeadline(
        SampleReports.Passed() with { Outcome = Outcome.Failed, Reasons = [LeftBehind] },
        "Failed: the drill did not go as required",
        LeftBehind);

    [Fact]
    public void The_only_reason_of_an_invalid_drill_is_its_title() =>
        AssertHeadline(SampleReports.Invalid() with { Reasons = [NoEffect] }, "Invalid: kill rabbit2 did not take effect within 90s");

    [Fact]
    public void Of_several_reasons_of_an_invalid_drill_each_is_listed() => AssertHeadline(
        SampleReports.Invalid() with { Reasons = [NoEffect, "3 confirmed messages were lost."] },
        "Invalid: this drill proves nothing",
        NoEffect,
        "3 confirmed messages were lost.");

    [Fact]
    public void Lost_messages_are_not_among_those_received()
    {
        var report = SampleReports.Failed();
        var judgement = report.Variants[0].Judgement;
        var verdict = judgement.Verdict with { Confirmed = 200, Received = 200, ConfirmedReceived = 195, Lost = 5 };
        var unconfirmed = new DrillVariant("", judgement with { Verdict = verdict });

        Assert.StartsWith(
            "200 messages confirmed, 195 of them received.",
            Headline.Of(report with { Variants = [unconfirmed] }).Details,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_of_which_a_part_is_gone_is_incomplete() => AssertHeadline(
        SampleReports.Invalid() with { Outcome = Outcome.Incomplete, Reasons = ["events.jsonl: its last line was cut off."] },
        "Incomplete: the evidence is not all there",
        "events.jsonl: its last line was cut off.");

    private static void AssertHeadline(DrillReport report, string title, params string[] reasons)
    {
        var headline = Headline.Of(report);

        Assert.Equal(title, headline.Title);
        Assert.Equal(reasons, headline.Reasons);
    }
}
