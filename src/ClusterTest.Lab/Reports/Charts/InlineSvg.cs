using System.Xml.Linq;
using ClusterTest.Lab.Reports.Pages;
using OxyPlot;

namespace ClusterTest.Lab.Reports.Charts;

/// <summary>Draws a plot as SVG that is part of a page: in the page's font and colours, in its width, and with ids of its own.</summary>
internal static class InlineSvg
{
    /// <param name="plot">What to draw.</param>
    /// <param name="size">How large; the page scales it to its width.</param>
    /// <param name="height">Height of the drawing.</param>
    /// <param name="description">What it shows, in words, for those who do not see it.</param>
    /// <param name="id">Unique on the page.</param>
    public static Html Draw(PlotModel plot, ChartSize size, double height, string description, string id)
    {
        var svg = XElement.Parse(SvgExporter.ExportToString(plot, size.Width, height, isDocument: false));
        var name = $"{id}-{size.Name}";
        Restyle(svg);
        RenameClips(svg, name);
        svg.Attribute("width")?.Remove();
        svg.Attribute("height")?.Remove();
        svg.SetAttributeValue("viewBox", FormattableString.Invariant($"0 0 {size.Width} {height}"));
        svg.SetAttributeValue("class", size.Name);
        var content = Html.Trusted(string.Concat(svg.Elements().Select(element => element.ToString(SaveOptions.DisableFormatting)))
            .Replace($" xmlns=\"{svg.Name.NamespaceName}\"", "", StringComparison.Ordinal));
        return Html.Of($"""
            <svg class="{size.Name}" role="img" aria-label="{description}" viewBox="{svg.Attribute("viewBox")!.Value}">
            {content}
            </svg>
            """);
    }

    private static void Restyle(XElement svg)
    {
        foreach (var text in svg.Descendants().Where(element => element.Name.LocalName == "text"))
        {
            // A variable is understood in a style, not in every browser in an attribute.
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

    private static void RenameClips(XElement svg, string prefix)
    {
        foreach (var clip in svg.Descendants().Where(element => element.Name.LocalName == "clipPath").Attributes("id"))
        {
            clip.Value = $"{prefix}-{clip.Value}";
        }

        foreach (var use in svg.Descendants().Attributes("clip-path"))
        {
            use.Value = use.Value.Replace("url(#", $"url(#{prefix}-", StringComparison.Ordinal);
        }
    }
}
