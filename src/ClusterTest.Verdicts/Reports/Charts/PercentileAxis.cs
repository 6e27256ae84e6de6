using System.Globalization;
using OxyPlot.Axes;

namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>Percentiles by the number of their nines: from 90 to 99 is as far as from 99 to 99.9, where latencies become interesting.</summary>
internal sealed class PercentileAxis : LinearAxis
{
    private const double Median = 50;
    private const double Everything = 100;
    private const double RoomForMaximum = 0.5;
    private const double RoomForMarker = 0.03;

    private readonly double _last;

    /// <param name="percentiles">The percentiles that are drawn.</param>
    public PercentileAxis(IEnumerable<double> percentiles)
    {
        _last = percentiles.Where(percentile => percentile < Everything).Select(Nines).Append(1).Max();
        Position = AxisPosition.Bottom;
        Minimum = -RoomForMarker;
        Maximum = _last + RoomForMaximum + RoomForMarker;
        LabelFormatter = Label;
    }

    /// <summary>Where a percentile is. The maximum has endless nines, so it is half a nine behind the last of the other percentiles.</summary>
    public double PositionOf(double percentile) => percentile >= Everything ? _last + RoomForMaximum : Nines(percentile);

    /// <inheritdoc/>
    public override void GetTickValues(out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
    {
        majorLabelValues = [Nines(Median), .. Enumerable.Range(1, (int)_last).Select(nines => (double)nines), _last + RoomForMaximum];
        majorTickValues = majorLabelValues;
        minorTickValues = [];
    }

    private static double Nines(double percentile) => -Math.Log10(1 - (percentile / Everything));

    private string Label(double position) =>
        position > _last ? "max" : string.Create(CultureInfo.InvariantCulture, $"{Math.Round(Everything - (Everything * Math.Pow(10, -position)), 6)}%");
}
