using OxyPlot;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>How large a chart is drawn. Each chart is drawn in two sizes, since text that is scaled down to a telephone cannot be read.</summary>
/// <param name="Name">Class name; the style sheet shows the one that fits.</param>
/// <param name="Width">In units of the drawing, about pixels.</param>
/// <param name="Height">Of the part with the curves.</param>
/// <param name="FontSize">Of all text.</param>
/// <param name="Bins">Most points of a curve.</param>
/// <param name="Ticks">Most labels of the time axis.</param>
internal sealed record ChartSize(string Name, double Width, double Height, double FontSize, int Bins, int Ticks)
{
    private const double WidthOfLetter = 0.56;
    private const double Right = 30;
    private const double Bottom = 28;
    private const double Top = 8;

    /// <summary>For screens and paper.</summary>
    public static ChartSize Wide { get; } = new("wide", 920, 300, 13, 360, 12);

    /// <summary>For telephones.</summary>
    public static ChartSize Narrow { get; } = new("narrow", 360, 240, 12, 110, 5);

    private double Left => 4 * FontSize;

    /// <summary>Space around the curves, for the labels of the axes.</summary>
    public OxyThickness Margins => new(Left, Top, Right, Bottom);

    /// <summary>Width of the part with the curves.</summary>
    public double PlotWidth => Width - Left - Right;

    /// <summary>Height of the part with the curves.</summary>
    public double PlotHeight => Height - Top - Bottom;

    /// <summary>Height of a line of text and a bar below it.</summary>
    public double LaneHeight => FontSize * 2;

    /// <summary>About how wide a text is. The estimate is generous, since the reader's font is not known.</summary>
    public double WidthOf(string text) => text.Length * FontSize * WidthOfLetter;
}
