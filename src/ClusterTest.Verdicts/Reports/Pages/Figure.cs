using ClusterTest.Verdicts.Reports.Charts;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>A chart in both sizes, with its finding in words, the meanings of its lines, and its numbers as a table.</summary>
internal static class Figure
{
    /// <param name="finding">What the chart says.</param>
    /// <param name="legend">What its lines and marks mean.</param>
    /// <param name="draw">Draws it in a size.</param>
    /// <param name="numbers">The same as a table.</param>
    public static Html Render(string finding, IEnumerable<(string Style, string Meaning)> legend, Func<ChartSize, Html> draw, Html numbers) => Html.Of($"""
        <p>{finding}</p>
        <figure>
        <ul class="legend">
        {legend.Select(entry => Html.Of($"""<li><span class="sample {entry.Style}"></span>{entry.Meaning}</li>"""))}
        </ul>
        {draw(ChartSize.Wide)}
        {draw(ChartSize.Narrow)}
        </figure>
        <details>
        <summary>The same as a table</summary>
        {numbers}
        </details>
        """);
}
