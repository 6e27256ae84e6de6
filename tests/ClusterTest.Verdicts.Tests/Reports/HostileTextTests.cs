using ClusterTest.Verdicts.Reports.Json;
using ClusterTest.Verdicts.Reports.Pages;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

public sealed class HostileTextTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("' onmouseover='alert(1)")]
    [InlineData("</style></title><script>alert(1)</script>")]
    [InlineData("-->]]><script>&lt;")]
    public void Stays_text_wherever_it_stands(string hostile)
    {
        var page = new ParsedPage(SampleReports.Of(hostile));

        Assert.Empty(page.All("script"));
        Assert.Empty(page.All("[onmouseover]"));
        Assert.All(page.Texts("h2[id^=variant]"), heading => Assert.Equal(hostile, heading));
        Assert.All(page.Texts("table.lost tbody th"), run => Assert.Equal(hostile, run));
        Assert.Equal(6, page.Texts("section[aria-labelledby=environment] dd").Count(value => value == hostile));

        var topologies = new ParsedPage(SampleReports.TopologiesOf(hostile));
        Assert.Empty(topologies.All("script, [onmouseover]"));
        Assert.Equal([Words.Capital(hostile), hostile, hostile], topologies.Rows("table.topologies tbody").Last());
        Assert.Contains($"{hostile} was not run: {hostile}", topologies.Texts("section > p"));
    }

    [Fact]
    public void Stays_text_in_a_chart() => Assert.Contains("1 <b> &'\" <b> &'\": 960 ms", new ParsedPage(SampleReports.Of("<b> &'\"")).Texts("svg.wide text"));

    [Fact]
    public void Control_characters_and_broken_surrogates_do_not_reach_the_page()
    {
        var report = SampleReports.Of("a\0b\u001b[31mc\ud800d\uffff");
        var page = ReportPage.Render(report);

        Assert.DoesNotContain(page, character => (char.IsControl(character) && character is not '\n') || char.IsSurrogate(character));
        Assert.All(new ParsedPage(report).Texts("h2[id^=variant]"), heading => Assert.Equal("a b [31mc\ufffdd\ufffd", heading));
        Assert.Equal("a\0b\u001b[31mc\ufffdd\uffff", ReportJson.Read(ReportJson.Write(report)).Kind);
    }

    [Fact]
    public void No_address_but_the_one_given_is_shown()
    {
        var report = SampleReports.Passed();
        var page = ReportPage.Render(report with { Environment = report.Environment with { Address = "amqps://drill@rabbit.example:5671" } });

        Assert.Contains("amqps://drill@rabbit.example:5671", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("amqps?://[^\\s:/@]*:[^\\s/@]*@", page);
    }
}
