namespace ClusterTest.Verdicts.Reports.Charts;

/// <summary>A fault above the curves: a bar, and a label over the bar where there is room.</summary>
/// <param name="Start">Injection, in seconds.</param>
/// <param name="End">Healing, or the end of the chart, in seconds.</param>
/// <param name="Label">Text over the bar; empty if there is no room.</param>
/// <param name="LabelStart">Where the label begins, in seconds.</param>
/// <param name="Lane">Number of the lane, counted from the top, from 0.</param>
internal sealed record FaultBar(double Start, double End, string Label, double LabelStart, int Lane);

/// <summary>Puts faults into as few lanes as keep their bars and labels apart.</summary>
internal static class FaultLanes
{
    /// <summary>Arranges faults, with the longest labels for which the lanes suffice.</summary>
    /// <param name="faults">Beginning and end of each, in seconds, in the order of the beginnings, with its labels, the longest first.</param>
    /// <param name="seconds">Length of the chart.</param>
    /// <param name="widthOf">Width of a label, in seconds.</param>
    /// <param name="most">Most lanes.</param>
    /// <returns>A bar for each fault. A fault for which there is no lane is in the last lane, over others.</returns>
    public static IReadOnlyList<FaultBar> Arrange(
        IReadOnlyList<(double Start, double End, IReadOnlyList<string> Labels)> faults, double seconds, Func<string, double> widthOf, int most)
    {
        var kinds = faults.Count == 0 ? 0 : faults.Min(fault => fault.Labels.Count);
        for (var kind = 0; kind < kinds; kind++)
        {
            var bars = Place(faults.Select(fault => (fault.Start, fault.End, fault.Labels[kind])), seconds, widthOf);
            if (bars.All(bar => bar.Lane < most))
            {
                return bars;
            }
        }

        var unlabelled = Place(faults.Select(fault => (fault.Start, fault.End, "")), seconds, widthOf);
        return [.. unlabelled.Select(bar => bar with { Lane = Math.Min(bar.Lane, most - 1) })];
    }

    private static List<FaultBar> Place(IEnumerable<(double Start, double End, string Label)> faults, double seconds, Func<string, double> widthOf)
    {
        var bars = new List<FaultBar>();
        var freeFrom = new List<double>();
        foreach (var (start, end, label) in faults)
        {
            var labelStart = Math.Max(0, Math.Min(start, seconds - widthOf(label)));
            var lane = freeFrom.FindIndex(free => free <= labelStart);
            if (lane < 0)
            {
                lane = freeFrom.Count;
                freeFrom.Add(0);
            }

            freeFrom[lane] = Math.Max(end, labelStart + widthOf(label));
            bars.Add(new FaultBar(start, end, label, labelStart, lane));
        }

        return bars;
    }
}
