namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>The variants of a drill side by side.</summary>
internal static class ComparisonSection
{
    public static Html Render(IReadOnlyList<DrillVariant> variants)
    {
        var head = Html.Of($"<tr><td></td>{variants.Select(variant => Parts.Column(variant.Name, number: true))}</tr>");
        var measures = Measures.Main.Concat(Measures.Confirms).Concat(Measures.Further)
            .Select(measure => Row(measure.Title, variants.Select(variant => Words.Of(measure, variant.Judgement.Verdict))));
        var faults = variants.SelectMany(variant => variant.Judgement.Verdict.Faults).Select(fault => fault.Fault).Distinct()
            .Select(fault => Row($"Outage, {fault}", variants.Select(variant => Words.OrNone(LongestOutage(variant, fault)))));
        return Parts.Section("comparison", 2, "Comparison", Html.Of($"""
            {Parts.Table("Longest outage of each fault, by variant", head, faults, "comparison")}
            {Parts.Table("All messages and times, by variant", head, measures, "comparison")}
            """));
    }

    private static Html Row(string name, IEnumerable<Html> values) =>
        Html.Of($"""<tr><th scope="row">{name}</th>{values.Select(Parts.Number)}</tr>""");

    private static TimeSpan? LongestOutage(DrillVariant variant, string fault) =>
        variant.Judgement.Verdict.Faults.Where(account => account.Fault == fault).Max(account => account.Outage);
}
