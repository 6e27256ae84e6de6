namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>The variants of a drill side by side.</summary>
internal static class ComparisonSection
{
    public static Html Render(IReadOnlyList<DrillVariant> variants)
    {
        var head = Html.Of($"<tr><td></td>{variants.Select(variant => Parts.Column(variant.Name, number: true))}</tr>");
        var measures = Measures.Main.Concat(Measures.Confirms).Concat(Measures.Further).Select(measure => RowOf(measure, variants, Parts.Number));
        var all = Parts.Table("All messages and times, by variant", head, measures, "comparison");
        return Parts.Section("comparison", 2, "Comparison", SideBySide.IsOfTopologies(variants)
            ? Html.Of($"""
                {AtAGlance(variants)}
                <details>
                <summary>All messages and times</summary>
                {all}
                </details>
                """)
            : Html.Of($"""
                {Parts.Table("Longest outage of each fault, by variant", head, Outages(variants, Parts.Number), "comparison")}
                {all}
                """));
    }

    private static Html AtAGlance(IReadOnlyList<DrillVariant> variants)
    {
        var head = Html.Of($"<tr><td></td>{variants.Select(static variant => Parts.Column(variant.Name))}</tr>");
        Html[] rows =
        [
            Row("Outcome", variants.Select(OutcomeOf), Cell),
            .. Measures.Compared.Select(measure => RowOf(measure, variants, Cell)),
            .. Outages(variants, Cell),
            .. SideBySide.PropertiesOf(variants).Select(name => Row(
                Words.Capital(name),
                variants.Select(variant => SideBySide.PropertyOf(variant, name) is { } value ? Html.Of($"{value}") : Words.None),
                Cell)),
        ];
        return Html.Of($"""
            {Parts.Table("What was measured, and what is known of each topology", head, rows, "comparison topologies")}
            {SideBySide.NotRun(variants).Select(static sentence => Html.Of($"<p>{sentence}</p>"))}
            """);
    }

    private static Html OutcomeOf(DrillVariant variant) => variant.Judgement.Verdict.Outcome is Outcome.Failed
        ? Html.Of($"""<strong class="bad">{SideBySide.OutcomeOf(variant)}</strong>""")
        : Html.Of($"{SideBySide.OutcomeOf(variant)}");

    private static IEnumerable<Html> Outages(IReadOnlyList<DrillVariant> variants, Func<Html, Html> cell) => SideBySide.FaultsOf(variants)
        .Select(fault => Row($"Outage, {fault}", variants.Select(variant => Words.OrNone(LongestOutage(variant, fault))), cell));

    private static Html RowOf(Measure measure, IReadOnlyList<DrillVariant> variants, Func<Html, Html> cell) => Row(
        measure.Title,
        variants.Select(variant => variant.Judgement.Verdict is { NotRun: null } verdict ? Words.Of(measure, verdict) : Words.None),
        cell);

    private static Html Row(string name, IEnumerable<Html> values, Func<Html, Html> cell) =>
        Html.Of($"""<tr><th scope="row">{name}</th>{values.Select(cell)}</tr>""");

    private static Html Cell(Html value) => Html.Of($"<td>{value}</td>");

    private static TimeSpan? LongestOutage(DrillVariant variant, string fault) =>
        SideBySide.OutagesOf(variant, fault) is [.., var longest] ? longest : null;
}
