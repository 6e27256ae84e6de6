using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Pages;

namespace ClusterTest.Verdicts.Tests.Reports;

/// <summary>A report's page as a browser understands it. Markup that a browser would have to mend is an error.</summary>
internal sealed class ParsedPage(DrillReport report)
{
    private readonly IDocument _document = new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(ReportPage.Render(report));

    public IEnumerable<IElement> All(string selector) => _document.QuerySelectorAll(selector);

    public IElement One(string selector) => All(selector).Single();

    public IEnumerable<string> Texts(string selector) => All(selector).Select(Text);

    public static string Text(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The rows of a table, each cell as a reader hears it.</summary>
    public IEnumerable<string[]> Rows(string tables) =>
        All($"{tables} tr").Select(row => row.Children.Select(Text).ToArray());
}
