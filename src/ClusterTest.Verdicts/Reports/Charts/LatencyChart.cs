using ClusterTest.Verdicts.Reports.Pages;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Waits for confirms and deliveries by percentile, on a logarithmic scale.</summary>
internal static class LatencyChart
{
    private const double Shortest = 0.01;
    private const double Headroom = 1.5;
    private const int MostMarkers = 16;

    /// <summary>Draws the chart in one size.</summary>
    /// <param name="judgement">What to draw; some latency was measured.</param>
    /// <param name="size">How large.</param>
    /// <param name="description">As in <see cref="InlineSvg.Draw"/>.</param>
    public static Html Draw(Judgement judgement, ChartSize size, string description)
    {
        var all = judgement.ConfirmLatencies.Concat(judgement.Delays).ToList();
        var percentiles = new PercentileAxis(all.Select(point => point.Percentile))
        {
            TickStyle = TickStyle.None,
            MajorGridlineStyle = LineStyle.Solid,
            MajorGridlineColor = ChartColor.Grid,
            TextColor = ChartColor.Text,
        };
        var plot = new PlotModel
        {
            PlotMargins = size.Margins,
            Padding = new OxyThickness(0),
            PlotAreaBorderThickness = new OxyThickness(0),
            DefaultFontSize = size.FontSize,
        };
        plot.Axes.Add(percentiles);
        plot.Axes.Add(TimeScale(all));
        plot.Series.Add(Curve(judgement.Delays, percentiles, ChartColor.Received, LineStyle.Solid, MarkerType.Circle));
        plot.Series.Add(Curve(judgement.ConfirmLatencies, percentiles, ChartColor.Confirmed, LineStyle.Dash, MarkerType.Square));
        return InlineSvg.Draw(plot, size, size.Height, description);
    }

    private static LogarithmicAxis TimeScale(List<LatencyPoint> points) => new()
    {
        Position = AxisPosition.Left,
        Minimum = Math.Pow(10, Math.Floor(Math.Log10(points.Min(Milliseconds)))),
        Maximum = points.Max(Milliseconds) * Headroom,
        LabelFormatter = milliseconds => milliseconds < 1000 ? $"{Words.Number(milliseconds)} ms" : $"{Words.Number(milliseconds / 1000)} s",
        TickStyle = TickStyle.None,
        MajorGridlineStyle = LineStyle.Solid,
        MajorGridlineColor = ChartColor.Grid,
        TextColor = ChartColor.Text,
    };

    private static LineSeries Curve(IReadOnlyList<LatencyPoint> points, PercentileAxis axis, OxyColor color, LineStyle style, MarkerType marker)
    {
        var series = new LineSeries
        {
            Color = color,
            LineStyle = style,
            StrokeThickness = 2,
            MarkerType = points.Count <= MostMarkers ? marker : MarkerType.None,
            MarkerFill = color,
        };
        series.Points.AddRange(points
            .OrderBy(point => point.Percentile)
            .Select(point => new DataPoint(axis.PositionOf(point.Percentile), Milliseconds(point))));
        return series;
    }

    private static double Milliseconds(LatencyPoint point) => Math.Max(Shortest, point.Milliseconds);
}
