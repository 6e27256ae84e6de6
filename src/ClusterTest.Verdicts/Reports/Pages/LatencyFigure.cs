using ClusterTest.Verdicts.Reports.Charts;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>The chart of confirm latencies and delays by percentile.</summary>
internal static class LatencyFigure
{
    private const double Median = 50;
    private const double NinetyNine = 99;

    public static Html Render(Judgement judgement)
    {
        var finding = string.Join(
            ' ',
            Finding("confirms came", judgement.ConfirmLatencies),
            Finding("messages were received", judgement.Delays),
            Basis(judgement)).Trim();
        return Figure.Render(
            finding,
            Legend(judgement),
            size => LatencyChart.Draw(judgement, size, finding),
            Numbers(judgement));
    }

    private static string Finding(string what, IReadOnlyList<LatencyPoint> points) => points.Count == 0
        ? ""
        : $"Half of the {what} within {At(points, Median)}, 99% within {At(points, NinetyNine)}, "
            + $"all within {Words.Time(TimeSpan.FromMilliseconds(points.Max(point => point.Milliseconds)))}.";

    // Without the omitted messages an outage would seem short: while it lasts, hardly anything is published.
    private static string Basis(Judgement judgement) => judgement.Verdict.Omitted is 0
        ? "Times count from the moment at which each message was due."
        : "Times count from the moment at which each message was due; "
            + $"{Words.Count(judgement.Verdict.Omitted, "message")} that {(judgement.Verdict.Omitted is 1 ? "was" : "were")} due and never published "
            + "count among the confirms with the time until the producer went on, which is less than a confirm would have taken.";

    /// <summary>The nearest point at or above a percentile. There is always one: the last point stands for all.</summary>
    private static string At(IReadOnlyList<LatencyPoint> points, double percentile)
    {
        var sorted = points.OrderBy(point => point.Percentile).ToList();
        var point = sorted.FirstOrDefault(point => point.Percentile >= percentile, sorted[^1]);
        return Words.Time(TimeSpan.FromMilliseconds(point.Milliseconds));
    }

    private static IEnumerable<(string Style, string Meaning)> Legend(Judgement judgement)
    {
        if (judgement.Delays.Count > 0)
        {
            yield return ("received", "from due to receipt");
        }

        if (judgement.ConfirmLatencies.Count > 0)
        {
            yield return ("confirmed", "from due to confirm");
        }
    }

    private static Html Numbers(Judgement judgement) => Parts.Table(
        "Latency by percentile",
        Html.Of($"<tr>{Parts.Column("Percentile", number: true)}{Parts.Column("To confirm", number: true)}{Parts.Column("To receipt", number: true)}</tr>"),
        judgement.ConfirmLatencies.Concat(judgement.Delays).Select(point => point.Percentile).Distinct().Order().Select(percentile => Html.Of($"""
            <tr><th scope="row" class="number">{Words.Number(percentile)}%</th>
            {Cell(judgement.ConfirmLatencies, percentile)}{Cell(judgement.Delays, percentile)}</tr>
            """)));

    private static Html Cell(IReadOnlyList<LatencyPoint> points, double percentile) => Parts.Number(Words.OrNone(
        points.FirstOrDefault(point => point.Percentile == percentile) is { } found ? TimeSpan.FromMilliseconds(found.Milliseconds) : null));
}
