using System.Reflection;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>The page for people: the verdict first, then ever more detail. The page needs no other file, no network and no script.</summary>
public static class ReportPage
{
    // The page names its own policy, so that a browser loads nothing and runs nothing for it, whatever text got into the page.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";

    private const string Generator = "cluster-test-lab";

    /// <summary>What every report page has, and hardly any other file: a new page may replace a file that has it.</summary>
    internal const string GeneratorMark = $"<meta name=\"generator\" content=\"{Generator}\">";

    /// <summary>Gives the page as HTML.</summary>
    public static string Render(DrillReport report)
    {
        var headline = Headline.Of(report);
        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="generator" content="{Generator}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <title>{headline.Title}</title>
            <style>
            {Style()}
            </style>
            </head>
            <body>
            <header class="{report.Outcome.ToString()}">
            <p class="occasion">{Words.Capital(report.Kind)}, {Words.Moment(report.Started)}, {Words.Time(report.Ended - report.Started)}</p>
            <h1>{headline.Title}</h1>
            {(headline.Details is "" ? Html.Empty : Html.Of($"<p class=\"details\">{headline.Details}</p>"))}
            {Reasons(headline)}
            </header>
            <main>
            {(report.Variants.Count > 1 ? ComparisonSection.Render(report.Variants) : Html.Empty)}
            {report.Variants.Select((_, index) => VariantSections.Render(report, index))}
            <div class="columns">
            {BackgroundSections.Environment(report)}
            {BackgroundSections.Settings(report)}
            </div>
            {BackgroundSections.Definitions(report)}
            </main>
            </body>
            </html>

            """).ToString();
    }

    private static Html Reasons(Headline headline) => headline.Reasons.Count == 0
        ? Html.Empty
        : Html.Of($"<ul class=\"reasons\">\n{headline.Reasons.Select(reason => Html.Of($"<li>{reason}</li>"))}\n</ul>");

    private static Html Style()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(resource);
        return Html.Trusted(reader.ReadToEnd().TrimEnd());
    }
}
