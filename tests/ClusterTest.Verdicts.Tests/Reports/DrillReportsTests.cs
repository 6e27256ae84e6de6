using ClusterTest.Events;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Pages;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests.Reports;

/// <summary>A report from evidence alone.</summary>
public sealed class DrillReportsTests : IDisposable
{
    private readonly EventDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void It_has_what_the_drill_was_asked_for_and_ran_on()
    {
        var started = DrillStarted(TimeSpan.FromSeconds(5));
        started = started with
        {
            Settings = started.Settings with
            {
                Hold = TimeSpan.FromSeconds(2),
                FaultTimeout = TimeSpan.FromSeconds(130),
                AllowMajorityLoss = true,
                Compare = "sessions=1,2",
                CommandLine = "cluster-test-lab drill --seed 7",
                Plan = [new PlannedFault(1, "kill", "rabbit1", At: null, TimeSpan.FromMilliseconds(1.5))],
            },
        };

        var report = DrillReports.Of([Drill("events.jsonl", started, Fault(1, "injecting", 10), Fault(1, "effective", 20), Fault(1, "healed", 30))]);

        Assert.Equal(("drill", Outcome.Passed, Start, Start.AddSeconds(99)), (report.Kind, report.Outcome, report.Started, report.Ended));
        Assert.Equivalent(started.Settings, report.Settings, strict: true);
        Assert.Equivalent(started.Environment, report.Environment, strict: true);
    }

    [Fact]
    public void Programs_of_others_are_named_and_ours_are_not()
    {
        var client = Started("consumer") with { Program = "pika", Version = "1.2.0" };
        var started = DrillStarted();

        var report = DrillReports.Of([Drill("1.jsonl", started, client, Started("producer")), Drill("2.jsonl", DrillStarted(variant: "other"), client)]);

        Assert.Equal(["pika 1.2.0 (consumer)"], report.Clients!);
        Assert.Contains("pika 1.2.0 (consumer)", ReportPage.Render(report), StringComparison.Ordinal);
        Assert.Null(DrillReports.Of([Drill("3.jsonl", started, Started("consumer"), Started("producer"))]).Clients);
    }

    [Fact]
    public void Each_file_of_a_comparison_is_a_variant()
    {
        var report = DrillReports.Of([Drill("1.jsonl", DrillStarted(variant: "sessions=1")), Drill("2.jsonl", DrillStarted(variant: "sessions=2"), Sent(9))]);

        Assert.Equal(["sessions=1", "sessions=2"], report.Variants.Select(static variant => variant.Name));
        Assert.Equal((Outcome.Failed, "sessions=2: 1 confirmed message was lost."), (report.Outcome, Assert.Single(report.Reasons)));
    }

    [Fact]
    public void A_topology_takes_what_is_known_of_it_from_the_evidence()
    {
        var known = DrillStarted(variant: "cluster") with { Properties = [new TopologyProperty("machines needed", "5")] };

        var report = DrillReports.Of([Drill("1.jsonl", known), Drill("2.jsonl", DrillStarted(variant: "sessions=2"))]);

        Assert.Equal([new TopologyProperty("machines needed", "5")], report.Variants[0].Properties!);
        Assert.Equivalent(known.Environment, report.Variants[0].Environment, strict: true);
        Assert.Null(report.Variants[1].Properties);
        Assert.Null(report.Variants[1].Environment);
    }

    [Fact]
    public void A_topology_that_could_not_be_run_proves_nothing_and_counts_if_it_was_named()
    {
        var passed = Drill("1.jsonl", DrillStarted(variant: "cluster"));
        var lossy = Drill("2.jsonl", DrillStarted(variant: "standalone"), Sent(9));
        var named = NotRun("3.jsonl", ProblemKind.NotRun);
        var skipped = NotRun("4.jsonl", ProblemKind.Skipped);

        Assert.Equal((Outcome.Passed, ""), Of(passed, skipped));
        Assert.Equal((Outcome.Invalid, "warren: It has no Compose file."), Of(passed, named));
        Assert.Equal((Outcome.Invalid, "warren: It has no Compose file."), Of(skipped));
        Assert.Equal((Outcome.Failed, "standalone: 1 confirmed message was lost."), Of(passed, lossy, skipped));
        Assert.Equal((Outcome.Failed, "standalone: 1 confirmed message was lost. warren: It has no Compose file."), Of(passed, lossy, named));

        (Outcome, string) Of(params string[] files)
        {
            var report = DrillReports.Of(files);
            return (report.Outcome, string.Join(' ', report.Reasons));
        }

        string NotRun(string name, string kind) => _directory.WriteWhole(
            name,
            DrillStarted(variant: "warren") with { Properties = [] },
            Problem(kind, "It has no Compose file."));
    }

    [Fact]
    public void What_is_recorded_beside_a_single_drill_is_of_its_messages()
    {
        var drill = Drill("events.jsonl", DrillStarted(), Sent(9));
        var beside = _directory.Write("beside.jsonl", Started("consumer"), Received(9), ConsumerSummary(1));

        Assert.Equal(Outcome.Failed, DrillReports.Of([drill]).Outcome);
        Assert.Equal(Outcome.Passed, DrillReports.Of([drill, beside]).Outcome);
    }

    [Fact]
    public void A_drill_whose_lab_was_killed_is_reported_as_incomplete()
    {
        var file = Drill("events.jsonl", DrillStarted());
        var text = File.ReadAllText(file);

        var report = DrillReports.Of([_directory.WriteText("cut.jsonl", text[..^9])]);

        Assert.Equal(("drill", Outcome.Incomplete), (report.Kind, report.Outcome));
    }

    [Fact]
    public void What_programs_recorded_without_a_lab_is_one_recording()
    {
        var report = DrillReports.Of(
        [
            _directory.WriteWhole("p.jsonl", Started("producer"), Sent(1)),
            _directory.WriteWhole("c.jsonl", Started("consumer"), Received(1)),
        ]);

        Assert.Equal(("recording", Outcome.Passed, 1), (report.Kind, report.Outcome, report.Variants.Count));
    }

    [Fact]
    public void A_file_without_events_is_told()
    {
        var exception = Assert.Throws<EvidenceException>(() => DrillReports.Of([_directory.WriteText("empty.jsonl", "")]));

        Assert.Contains("has no events", exception.Message, StringComparison.Ordinal);
    }

    private string Drill(string name, params ResultEvent[] events)
    {
        var whole = Complete([events[0], .. Programs, Sent(1), Received(1), Received(1, 100), .. events[1..]]);
        return _directory.WriteText(name, string.Concat(whole.Select(static written => $"{EventDirectory.Line(written)}\n")));
    }
}
