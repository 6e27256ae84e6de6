using ClusterTest.Lab.Reports;
using Xunit;

namespace ClusterTest.Lab.Tests.Reports;

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
