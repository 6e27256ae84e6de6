using System.Text.Json.Nodes;
using ClusterTest.Events;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>A command that ended with 0 may have done nothing at all.</summary>
public sealed class NotNoticedTests
{
    private static readonly ResultEvent[] Steps =
        [Fault(1, "injecting", 1_000, "pull"), Fault(1, "effective", 1_100, "pull"), Fault(1, "healed", 2_000, "pull")];

    private static readonly ResultEvent[] Flow = [.. Programs, Sent(1), Received(1, 900), Sent(2, 2_400), Received(2, 2_500)];

    [Fact]
    public void A_fault_that_was_not_checked_and_cost_no_session_was_not_noticed() => Assert.False(NoticedIn(isChecked: false));

    [Theory]
    [InlineData("consumer")]
    [InlineData("producer")]
    public void A_lost_session_notices_it(string program) => Assert.True(NoticedIn(isChecked: false, Lost(1_500, program)));

    [Fact]
    public void A_session_that_was_lost_at_another_time_does_not() => Assert.False(NoticedIn(isChecked: false, Lost(999)));

    [Fact]
    public void A_check_of_its_effect_notices_it() => Assert.True(NoticedIn(isChecked: true));

    [Fact]
    public void Older_evidence_does_not_tell() => Assert.Null(NoticedIn(isChecked: null));

    [Fact]
    public void Programs_on_other_machines_cannot_tell() => Assert.Null(NoticedIn(isChecked: false, Started("consumer-2", "clock-2", "consumer")));

    // The command began at 1,000, and nobody knows when it did something.
    [Fact]
    public void The_time_of_a_command_is_not_that_of_its_fault()
    {
        ResultEvent[] loss = [Lost(1_500), Recovered(1_600)];

        var (checkedOne, command) = (VerdictOf(isChecked: true, loss).Faults[0].Consumer!, VerdictOf(isChecked: false, loss).Faults[0].Consumer!);

        Assert.Equal((500, 600), (checkedOne.Detect.GetValueOrDefault().TotalMilliseconds, checkedOne.Ready.GetValueOrDefault().TotalMilliseconds));
        Assert.Equal((600, 700), (command.Detect.GetValueOrDefault().TotalMilliseconds, command.Ready.GetValueOrDefault().TotalMilliseconds));
    }

    [Fact]
    public void Without_a_sign_of_life_nobody_knows_how_long_it_took_to_detect_a_command()
    {
        TimeSpan? none = null;

        var times = VerdictOf(isChecked: false, Lost(1_500, session: 1), Recovered(1_600, session: 1)).Faults[0].Consumer!;

        Assert.Equal(none, times.Detect);
        Assert.Equal(TimeSpan.FromMilliseconds(100), times.Ready);
    }

    private static bool? NoticedIn(bool? isChecked, params ResultEvent[] more) =>
        (bool?)JsonNode.Parse(ReportJson.Write(VerdictOf(isChecked, more)))!["faults"]![0]!["noticed"];

    private static Verdict VerdictOf(bool? isChecked, params ResultEvent[] more)
    {
        using var directory = new EventDirectory();
        var lines = Flow.Concat(more).Select(EventDirectory.Line).Concat(Steps.Select(step => Line(step, isChecked)));
        return Judge.OfFiles([directory.WriteText("events.jsonl", string.Concat(lines.Select(static line => $"{line}\n")))]).Verdict;
    }

    private static string Line(ResultEvent step, bool? isChecked)
    {
        var line = (JsonObject)JsonNode.Parse(EventDirectory.Line(step))!;
        if (isChecked is not null)
        {
            line["checked"] = isChecked;
        }

        return line.ToJsonString();
    }
}
