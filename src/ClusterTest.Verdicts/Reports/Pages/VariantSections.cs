namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>All that is shown of one variant.</summary>
internal static class VariantSections
{
    /// <summary>The sections of a variant: on the page's first level if it is the only one, otherwise under a heading of their own.</summary>
    public static Html Render(DrillReport report, int index)
    {
        var (name, judgement) = report.Variants[index];
        var alone = report.Variants.Count == 1;
        var level = alone ? 2 : 3;
        var sections = judgement.Verdict.NotRun is { } why ? Html.Of($"<p>Not run: {why}</p>") : Html.Lines(
        [
            CountsSection.Render(judgement.Verdict, $"messages-{index}", level),
            FaultsSection.Render(judgement, report.Settings.MaxOutage, $"faults-{index}", level),
            TimelineSection(judgement, $"timeline-{index}", level),
            LatencySection(judgement, $"latency-{index}", level),
        ]);
        return alone ? sections : Html.Of($"""<div class="variant">{Parts.Section($"variant-{index}", 2, name, sections)}</div>""");
    }

    private static Html TimelineSection(Judgement judgement, string id, int level) => Parts.Section(
        id, level, "Timeline", judgement.Timeline.Received.Count + judgement.Timeline.Confirmed.Count == 0
            ? Html.Of($"<p>Nothing was confirmed or received.</p>")
            : TimelineFigure.Render(judgement));

    private static Html LatencySection(Judgement judgement, string id, int level) => Parts.Section(
        id, level, "Latency", judgement.ConfirmLatencies.Count + judgement.Delays.Count == 0
            ? Html.Of($"<p>No latency was measured.</p>")
            : LatencyFigure.Render(judgement));
}
