using ClusterTest.Verdicts.Reports.Pages;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Deliveries and confirms a second over time; above them a bar for each fault, across them a band for each silence.</summary>
internal static class TimelineChart
{
    private const string Lanes = "lanes";
    private const int MostLanes = 5;
    private const double Headroom = 1.1;
    private const double LeastWidth = 2.5;
    private const double MarkHeight = 10;
    private const double BarTop = 0.66;
    private const double BarBottom = 0.88;
    private const double TextMiddle = 0.34;

    /// <summary>Draws the chart in one size.</summary>
    /// <param name="judgement">What to draw; something was confirmed or received.</param>
    /// <param name="size">How large.</param>
    /// <param name="description">As in <see cref="InlineSvg.Draw"/>.</param>
    public static Html Draw(Judgement judgement, ChartSize size, string description)
    {
        var bins = TimelineBin.Of(judgement.Timeline, size.Bins);
        var seconds = (bins[^1].Start + bins[^1].Length).TotalSeconds;
        var perUnit = seconds / size.PlotWidth;
        var bars = FaultLanes.Arrange(Faults(judgement, seconds), seconds, text => size.WidthOf(text) * perUnit, MostLanes);
        var lanes = bars.Count == 0 ? 0 : bars.Max(bar => bar.Lane) + 1;
        var lanesHeight = lanes * size.LaneHeight;
        var share = size.PlotHeight / (size.PlotHeight + lanesHeight);
        var highest = Math.Max(1, bins.Max(bin => Math.Max(bin.ConfirmedRate, bin.ReceivedRate)) * Headroom);

        var plot = new PlotModel
        {
            PlotMargins = size.Margins,
            Padding = new OxyThickness(0),
            PlotAreaBorderThickness = new OxyThickness(0),
            DefaultFontSize = size.FontSize,
        };
        plot.Axes.Add(TimeAxis.Create(seconds, size.Ticks));
        plot.Axes.Add(RateAxis(highest, share));
        if (lanes > 0)
        {
            // Lanes are counted from the top, and so from the end of the axis.
            plot.Axes.Add(new LinearAxis
            {
                Key = Lanes,
                Position = AxisPosition.Left,
                IsAxisVisible = false,
                Minimum = 0,
                Maximum = lanes,
                StartPosition = 1,
                EndPosition = share,
            });
        }

        foreach (var bar in bars)
        {
            AddFault(plot, bar, Math.Max(bar.End, bar.Start + (LeastWidth * perUnit)), highest);
        }

        plot.Series.Add(Received(bins));
        plot.Series.Add(Confirmed(bins));
        foreach (var silence in Silence.Of(judgement.Timeline))
        {
            var start = silence.Start.TotalSeconds;
            var end = Math.Max(silence.End.TotalSeconds, start + (LeastWidth * perUnit));
            plot.Annotations.Add(Rectangle(start, end, 0, highest, ChartColor.SilenceArea));
            plot.Annotations.Add(Rectangle(start, end, 0, highest * MarkHeight / size.PlotHeight, ChartColor.Silence));
        }

        return InlineSvg.Draw(plot, size, size.Height + lanesHeight, description);
    }

    private static List<(double Start, double End, IReadOnlyList<string> Labels)> Faults(Judgement judgement, double seconds) =>
    [
        .. from fault in judgement.Verdict.Faults
           let start = Math.Clamp((fault.Injected - judgement.Timeline.Start).TotalSeconds, 0, seconds)
           let end = fault.Healed is { } healed ? Math.Clamp((healed - judgement.Timeline.Start).TotalSeconds, start, seconds) : seconds
           orderby start
           select (start, end, Labels(fault)),
    ];

    private static IReadOnlyList<string> Labels(FaultAccount fault)
    {
        var number = $"{fault.Id}";
        var name = $"{number} {fault.Fault}";
        var node = fault.Node is null ? name : $"{name} {fault.Node}";
        return fault.Outage is { } outage ? [$"{node}: {Words.Time(outage)}", node, name, number] : [node, node, name, number];
    }

    private static LinearAxis RateAxis(double highest, double share) => new()
    {
        Position = AxisPosition.Left,
        Minimum = 0,
        Maximum = highest,
        EndPosition = share,
        LabelFormatter = Words.Number,
        TickStyle = TickStyle.None,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = ChartColor.Grid,
        TextColor = ChartColor.Text,
    };

    private static void AddFault(PlotModel plot, FaultBar bar, double end, double highest)
    {
        var area = Rectangle(bar.Start, end, 0, highest, ChartColor.FaultArea);
        area.Layer = AnnotationLayer.BelowSeries;
        plot.Annotations.Add(area);

        var thin = Rectangle(bar.Start, end, bar.Lane + BarTop, bar.Lane + BarBottom, ChartColor.Fault);
        thin.YAxisKey = Lanes;
        plot.Annotations.Add(thin);
        if (bar.Label is not "")
        {
            plot.Annotations.Add(new TextAnnotation
            {
                YAxisKey = Lanes,
                Text = SafeText.Of(bar.Label),
                TextPosition = new DataPoint(bar.LabelStart, bar.Lane + TextMiddle),
                TextHorizontalAlignment = HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Middle,
                TextColor = ChartColor.Text,
                StrokeThickness = 0,
                Padding = new OxyThickness(0),
                ClipByXAxis = false,
                ClipByYAxis = false,
            });
        }
    }

    private static RectangleAnnotation Rectangle(double left, double right, double bottom, double top, OxyColor color) =>
        new() { MinimumX = left, MaximumX = right, MinimumY = bottom, MaximumY = top, Fill = color, StrokeThickness = 0 };

    private static AreaSeries Received(IReadOnlyList<TimelineBin> bins)
    {
        var series = new AreaSeries { Color = ChartColor.Received, Color2 = OxyColors.Transparent, Fill = ChartColor.ReceivedArea, StrokeThickness = 1.5 };
        series.Points.AddRange(bins.Select(bin => new DataPoint(bin.Middle, bin.ReceivedRate)));
        series.ConstantY2 = 0;
        return series;
    }

    private static LineSeries Confirmed(IReadOnlyList<TimelineBin> bins)
    {
        var series = new LineSeries { Color = ChartColor.Confirmed, LineStyle = LineStyle.Dash, StrokeThickness = 1.5 };
        series.Points.AddRange(bins.Select(bin => new DataPoint(bin.Middle, bin.ConfirmedRate)));
        return series;
    }
}
