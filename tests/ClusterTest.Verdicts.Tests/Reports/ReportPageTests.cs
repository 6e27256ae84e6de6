using ClusterTest.Verdicts.Reports;
using Xunit;

namespace ClusterTest.Verdicts.Tests.Reports;

public sealed class ReportPageTests
{
    public static TheoryData<string> Samples { get; } = ["passed", "failed", "invalid", "compared", "topologies", "empty", "soak", "failed-over"];

    [Fact]
    public void The_verdict_is_the_first_and_only_main_heading()
    {
        var page = new ParsedPage(SampleReports.Passed());

        Assert.Equal("Passed: nothing was lost", ParsedPage.Text(page.One("h1")));
        Assert.Equal("h1", page.All("h1, h2, h3, h4").First().LocalName);
        Assert.Equal("19,989 messages confirmed and received. The longest outage was 338 ms, over 9 faults.", ParsedPage.Text(page.One("header .details")));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Headings_skip_no_level(string sample)
    {
        var levels = new ParsedPage(Sample(sample)).All("h1, h2, h3, h4").Select(heading => heading.LocalName[1] - '0').ToList();

        Assert.All(levels.Zip(levels.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1));
        Assert.Single(levels, level => level == 1);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_id_is_unique_and_every_section_has_its_heading(string sample)
    {
        var page = new ParsedPage(Sample(sample));
        var ids = page.All("[id]").Select(element => element.Id).ToList();
        var labels = page.All("[aria-labelledby]").Select(element => element.GetAttribute("aria-labelledby")!);

        Assert.Equal(ids.Distinct(), ids);
        Assert.All(labels, label => Assert.Contains(label, ids));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Tables_have_captions_and_scopes_and_can_be_scrolled_by_keyboard(string sample)
    {
        var page = new ParsedPage(Sample(sample));

        Assert.All(page.All("table"), table =>
        {
            Assert.NotEmpty(ParsedPage.Text(table.QuerySelector("caption")!));
            Assert.Equal("0", table.ParentElement!.GetAttribute("tabindex"));
            Assert.NotEmpty(table.ParentElement!.GetAttribute("aria-label")!);
        });
        Assert.All(page.All("th"), header => Assert.NotNull(header.GetAttribute("scope")));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_page_loads_nothing_and_runs_nothing(string sample)
    {
        var page = new ParsedPage(Sample(sample));

        Assert.Empty(page.All("script, link, img, iframe, object, image, use, [src], [href]"));
        Assert.DoesNotContain("url(", page.One("style").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", page.One("style").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Charts_say_in_words_what_they_show_and_have_a_table_beside_them()
    {
        var page = new ParsedPage(SampleReports.Passed());

        Assert.Equal(4, page.All("svg[role=img]").Count());
        Assert.All(page.All("section[aria-labelledby^=timeline] svg"), chart =>
            Assert.Equal(
                "Deliveries paused longest, for 338 ms, at fault 7: freeze on rabbit1. 3 silences lasted for a whole step of the timeline or longer.",
                chart.GetAttribute("aria-label")));
        Assert.Equal(2, page.All("figure + details table").Count());
    }

    [Fact]
    public void Colours_of_charts_are_the_style_sheets()
    {
        var page = new ParsedPage(SampleReports.Passed());
        var style = page.One("style").TextContent;
        var drawn = page.All("svg [style]").Select(element => element.GetAttribute("style")!).ToList();

        Assert.DoesNotContain(drawn, value => value.Contains("rgb(", StringComparison.Ordinal));
        Assert.All(["--received", "--confirmed", "--fault", "--silence"], variable =>
        {
            Assert.Contains(drawn, value => value.Contains($"var({variable})", StringComparison.Ordinal));
            Assert.Contains($"{variable}:", style, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Reasons_that_the_heading_does_not_say_follow_it()
    {
        var page = new ParsedPage(SampleReports.Failed());

        Assert.Equal("Failed: 3 confirmed messages were lost", ParsedPage.Text(page.One("h1")));
        Assert.Equal(["The outage of fault 8, freeze on rabbit2, was longer than 5s."], page.Texts(".reasons li"));
    }

    [Fact]
    public void Settings_name_the_plan_and_the_ack_mode_where_there_are_any()
    {
        var report = SampleReports.Passed();
        Assert.Empty(new ParsedPage(report).Texts(".facts dt").Intersect(["Plan", "Shovels acknowledge", "Hold"]));

        var page = new ParsedPage(report with { Settings = report.Settings with { PlanName = "backlog", AckMode = "no-ack" } });

        var facts = page.Texts(".facts dt").Zip(page.Texts(".facts dd")).ToList();
        Assert.Contains(("Plan", "backlog"), facts);
        Assert.Contains(("Shovels acknowledge", "no-ack"), facts);
    }

    [Fact]
    public void Each_lost_message_is_named() =>
        Assert.Equal([["5f1c2a", "812"], ["5f1c2a", "813"], ["5f1c2a", "1,204"]], new ParsedPage(SampleReports.Failed()).Rows("table.lost tbody"));

    [Fact]
    public void Only_the_first_lost_messages_are_named_and_the_caption_says_so()
    {
        var report = SampleReports.Failed();
        var judgement = report.Variants[0].Judgement;
        var many = judgement with { Verdict = judgement.Verdict with { Lost = 5000 } };

        var page = new ParsedPage(report with { Variants = [new DrillVariant("", many)] });

        Assert.Equal("The first 3 of 5,000 lost messages", ParsedPage.Text(page.One("table.lost caption")));
    }

    [Fact]
    public void Variants_stand_side_by_side_before_the_sections_of_each()
    {
        var page = new ParsedPage(SampleReports.Compared());

        Assert.Equal(["Comparison", "sessions=1", "sessions=2", "Environment", "Settings", "What the numbers mean"], page.Texts("h2"));
        Assert.Equal(["", "sessions=1", "sessions=2"], page.Rows("table.comparison thead").First());
        Assert.Contains(page.Rows("table.comparison tbody"), row => row is ["Outage, freeze", "338 ms", "135 ms"]);
        Assert.Contains(page.Rows("table.comparison tbody"), row => row is ["Lost", "0", "0"]);
    }

    [Fact]
    public void Topologies_stand_side_by_side_with_what_is_known_of_each()
    {
        var page = new ParsedPage(SampleReports.Topologies());
        var rows = page.Rows("table.topologies tbody").ToList();

        Assert.Equal(["", "cluster", "standalone", "warren"], page.Rows("table.topologies thead").Single());
        Assert.Equal(["Outcome", "passed", "passed", "not run"], rows[0]);
        Assert.Equal(Measures.Compared.Select(static measure => measure.Title), rows.Skip(1).Take(Measures.Compared.Count).Select(static row => row[0]));
        Assert.Contains(rows, static row => row is ["Lost", "0", "0", "–none"]);
        Assert.Contains(rows, static row => row is ["Outage, freeze", "338 ms", "4,054 ms", "–none"]);
        Assert.Contains(rows, static row => row is ["Machines needed", "5: 3 nodes, 2 balancers", "no number: there is one node", "4: 2 nodes, 2 balancers"]);
    }

    [Fact]
    public void A_topology_that_was_not_run_says_why_and_the_environment_has_the_nodes_of_each_that_was()
    {
        var page = new ParsedPage(SampleReports.Topologies());

        Assert.Contains("Not run: warren.", ParsedPage.Text(page.One("header .details")), StringComparison.Ordinal);
        Assert.Contains("warren was not run: The topology warren has no Compose file, so that it cannot run in containers.", page.Texts("section > p"));
        Assert.Contains("Not run: The topology warren has no Compose file, so that it cannot run in containers.", page.Texts(".variant p"));
        Assert.Equal(2, page.All("figure svg.wide").Count() / 2);
        Assert.Equal(
            ["rabbit1 4.3.1, rabbit2 4.3.1, rabbit3 4.3.1; clients connect to localhost:5670", "rabbit1 4.3.1; clients connect to localhost:5670"],
            page.Texts(".facts dd").Where(static fact => fact.Contains("clients connect to", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_report_without_variants_is_a_page_all_the_same()
    {
        var page = new ParsedPage(SampleReports.Empty() with { Variants = [] });

        Assert.Equal("Invalid: this drill proves nothing", ParsedPage.Text(page.One("h1")));
        Assert.Equal(["The consumer ended with 2.", "Nothing was confirmed."], page.Texts(".reasons li"));
        Assert.Empty(page.All("svg"));
    }

    [Fact]
    public void Nothing_measured_shows_as_a_dash_that_is_read_out_as_none()
    {
        var page = new ParsedPage(SampleReports.Empty());
        var outage = page.All(".tiles dd").ElementAt(3);

        Assert.Equal("–", outage.QuerySelector("[aria-hidden=true]")!.TextContent);
        Assert.Equal("none", outage.QuerySelector(".unseen")!.TextContent);
        Assert.Empty(page.All("svg"));
    }

    internal static DrillReport Sample(string name) => name switch
    {
        "passed" => SampleReports.Passed(),
        "failed" => SampleReports.Failed(),
        "invalid" => SampleReports.Invalid(),
        "compared" => SampleReports.Compared(),
        "topologies" => SampleReports.Topologies(),
        "empty" => SampleReports.Empty(),
        "soak" => SampleReports.Soak(),
        "failed-over" => SampleReports.FailedOver(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such sample."),
    };
}
