using System.Xml.Linq;
using ClusterTest.Verdicts.Reports.Pages;
using OxyPlot;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Draws a plot as SVG that is part of a page: in the page's font and colours, and in its width.</summary>
internal static class InlineSvg
{
    /// <param name="plot">What to draw; all of it is inside its axes.</param>
    /// <param name="size">How large; the page scales it to its width.</param>
    /// <param name="height">Height of the drawing.</param>
    /// <param name="description">What it shows, in words, for those who do not see it.</param>
    public static Html Draw(PlotModel plot, ChartSize size, double height, string description)
    {
        var svg = XElement.Parse(SvgExporter.ExportToString(plot, size.Width, height, isDocument: false));
        Restyle(svg);
        RemoveClips(svg);
        var drawing = string.Concat(svg.Elements().Select(element => element.ToString(SaveOptions.DisableFormatting)))
            .Replace($" xmlns=\"{svg.Name.NamespaceName}\"", "", StringComparison.Ordinal);
        return Html.Of($"""
            <svg class="{size.Name}" role="img" aria-label="{description}" viewBox="0 0 {Words.Plain(size.Width)} {Words.Plain(height)}">
            {Html.Trusted(drawing)}
            </svg>
            """);
    }

    private static void Restyle(XElement svg)
    {
        foreach (var text in Named(svg, "text"))
        {
            // Every browser understands a variable in a style, but not every browser understands it in an attribute.
            text.SetAttributeValue("style", $"fill:{text.Attribute("fill")!.Value}");
            text.Attribute("fill")!.Remove();
            text.Attribute("font-family")?.Remove();
        }

        foreach (var style in svg.Descendants().Attributes("style"))
        {
            style.Value = ChartColor.Variables.Aggregate(
                style.Value, (value, color) => value.Replace(color.Written, color.Variable, StringComparison.Ordinal));
        }
    }

    /// <summary>Removes the clip paths. Nothing is drawn beyond the axes, and the library gives them the same ids in every drawing of a page.</summary>
    private static void RemoveClips(XElement svg)
    {
        Named(svg, "defs").Remove();
        svg.Descendants().Attributes("clip-path").Remove();
        Named(svg, "g").Where(group => !group.HasElements).Remove();
    }

    private static IEnumerable<XElement> Named(XElement svg, string name) => svg.Descendants(svg.Name.Namespace + name);
}
