using ClusterTest.Verdicts.Reports.Pages;
using OxyPlot;
using OxyPlot.Axes;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Time since the start, in steps that clocks have.</summary>
internal static class TimeAxis
{
    private static readonly double[] Steps = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

    public static LinearAxis Create(double seconds, int mostTicks)
    {
        var step = Steps.FirstOrDefault(step => seconds / step <= mostTicks, Math.Ceiling(seconds / mostTicks));
        return new LinearAxis
        {
            Position = AxisPosition.Bottom,
            Minimum = 0,
            Maximum = seconds,
            MajorStep = step,
            LabelFormatter = value => Label(value, step),
            TickStyle = TickStyle.None,
            AxisTickToLabelDistance = 8,
            MinorTickSize = 0,
            AxislineStyle = LineStyle.Solid,
            AxislineColor = ChartColor.Grid,
            TextColor = ChartColor.Text,
        };
    }

    private static string Label(double seconds, double step)
    {
        var text = Words.Elapsed(TimeSpan.FromSeconds(seconds));
        return step >= 1 && text.Contains('.', StringComparison.Ordinal) ? text[..text.IndexOf('.', StringComparison.Ordinal)] : text;
    }
}
