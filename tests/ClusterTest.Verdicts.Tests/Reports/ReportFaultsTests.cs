using ClusterTest.Verdicts.Reports;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

public sealed class ReportFaultsTests
{
    [Fact]
    public void Each_fault_has_its_row_with_what_was_felt()
    {
        var rows = new ParsedPage(SampleReports.Passed()).Rows("table.faults tbody").ToList();

        Assert.Equal(9, rows.Count);
        Assert.Equal(
            ["7 freeze", "rabbit1 leader, consumer", "1:05.0", "338 ms", "350 ms", "353 ms", "101 ms", "51 ms", "338 ms", "–none", "–none", "–none"],
            rows[6]);
    }

    [Fact]
    public void Each_fault_is_labelled_in_the_wide_and_in_the_narrow_chart()
    {
        var page = new ParsedPage(SampleReports.Passed());
        var (wide, narrow) = (page.Texts("svg.wide text").ToList(), page.Texts("svg.narrow text").ToList());

        Assert.All(SampleReports.Passed().Variants[0].Judgement.Verdict.Faults, fault =>
        {
            Assert.Contains(wide, text => text.StartsWith($"{fault.Id} {fault.Fault} {fault.Node}: ", StringComparison.Ordinal));
            Assert.Contains($"{fault.Id} {fault.Fault}", narrow);
        });
    }

    [Fact]
    public void A_fault_that_failed_says_why()
    {
        var row = new ParsedPage(SampleReports.Invalid()).Rows("table.faults tbody").Last();

        Assert.Equal("4 kill failed: no permission to signal process 4711", row[0]);
        Assert.All(row.Skip(3), cell => Assert.Equal("–none", cell));
    }

    [Fact]
    public void Late_messages_have_a_column_where_a_fault_made_some()
    {
        var page = new ParsedPage(SampleReports.Late());
        var rows = page.Rows("table.faults tbody").ToList();

        Assert.Equal(["Fault", "Node", "At", "Outage", "Stall", "Delay", "Late", "Detect"], page.Rows("table.faults thead").Last().Take(8));
        Assert.Equal(["0", "1,204"], [rows[2][6], rows[3][6]]);
        Assert.Contains(page.Texts("p"), static text => text.EndsWith("1,204 messages waited through a fault, and came late.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_backlog_and_its_catch_up_have_columns_where_a_catch_up_took_long()
    {
        var page = new ParsedPage(SampleReports.Backlog());
        var rows = page.Rows("table.faults tbody").ToList();

        Assert.Equal(
            ["Fault", "Node", "At", "Outage", "Stall", "Delay", "Backlog", "Catch-up", "Detect"],
            page.Rows("table.faults thead").Last().Take(9));
        Assert.Equal(
            ["3", "12 ms", "2,048", "8,123 ms", "1", "–none", "–none", "–none"],
            rows.Take(4).SelectMany(static row => row[6..8]));
        Assert.DoesNotContain("Backlog", new ParsedPage(SampleReports.Passed()).Rows("table.faults thead").Last());
    }

    [Fact]
    public void How_the_broker_failed_over_has_a_table_where_a_cluster_manager_moved_or_restarted_it()
    {
        var page = new ParsedPage(SampleReports.FailedOver());

        Assert.Equal("How the broker failed over", ParsedPage.Text(page.One("table.failovers caption")));
        Assert.Equal(["Fault", "To", "Detection", "Decision", "Fencing", "Address", "Start", "Total"], page.Rows("table.failovers thead").Single());
        Assert.Equal(
            [
                ["1 stop_app", "host2", "1,000 ms", "12 ms", "2,002 ms", "0 ms", "12,000 ms", "15,014 ms"],
                ["2 stop_app", "host2", "–none", "–none", "–none", "–none", "7,000 ms", "7,000 ms"],
            ],
            page.Rows("table.failovers tbody"));
        Assert.Equal(9, page.Rows("table.faults tbody").Count());
        Assert.Contains("Fencing", page.Texts(".definitions dt"));
    }

    [Fact]
    public void Without_a_failover_nothing_is_said_of_one()
    {
        var page = new ParsedPage(SampleReports.Passed());

        Assert.Empty(page.All("table.failovers"));
        Assert.DoesNotContain("Fencing", page.Texts(".definitions dt"));
    }

    [Fact]
    public void A_command_is_told_as_one_and_so_is_that_nobody_noticed_it()
    {
        var page = new ParsedPage(SampleReports.Commands());
        var rows = page.Rows("table.faults tbody").ToList();

        Assert.Equal(["1 stop_app command", "2 stop_app command", "3 stop_app not noticed"], rows.Take(3).Select(static row => row[0]));
        Assert.Contains("Of a command it is known when it started and ended. Whether something broke, and when, only the programs can tell.", page.Texts("p"));
        Assert.Contains(page.Texts("p"), static text => text.Contains("1 fault was not noticed by anybody.", StringComparison.Ordinal));
    }

    [Fact]
    public void Latencies_say_what_they_count_from_and_what_was_never_published()
    {
        Assert.Contains(
            new ParsedPage(SampleReports.Passed()).Texts("p"),
            static text => text.EndsWith("Times count from the moment at which each message was due.", StringComparison.Ordinal));
        Assert.Contains(
            new ParsedPage(SampleReports.Commands()).Texts("p"),
            static text => text.Contains("5,000 messages that were due and never published count among the confirms", StringComparison.Ordinal));
    }

    [Fact]
    public void An_outage_over_the_limit_is_marked_in_words()
    {
        var rows = new ParsedPage(SampleReports.Failed()).Rows("table.faults tbody").ToList();

        Assert.Equal("6,081 ms too long", rows[6][3]);
        Assert.Equal("960 ms", rows[0][3]);
    }

    [Fact]
    public void Without_a_lost_producer_session_there_are_no_columns_for_it()
    {
        var report = SampleReports.Passed();
        var judgement = report.Variants[0].Judgement;
        var faults = judgement.Verdict.Faults.Select(fault => fault with { Producer = null }).ToList();
        var page = new ParsedPage(report with { Variants = [new DrillVariant("", judgement with { Verdict = judgement.Verdict with { Faults = faults } })] });

        Assert.Equal(["", "Felt", "Consumer"], page.Rows("table.faults thead").First());
        Assert.Equal(9, page.Rows("table.faults tbody").First().Length);
    }
}
