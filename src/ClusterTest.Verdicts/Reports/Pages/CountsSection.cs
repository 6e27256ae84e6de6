namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>What became of the messages of one variant.</summary>
internal static class CountsSection
{
    public static Html Render(Verdict verdict, string id, int level) => Parts.Section(id, level, "Messages", Html.Of($"""
        <dl class="tiles">
        {Measures.Main.Select(measure => Tile(measure, verdict))}
        </dl>
        <dl class="counts">
        {Measures.Further.Select(measure => Tile(measure, verdict))}
        </dl>
        {LostMessages(verdict)}
        """));

    private static Html Tile(Measure measure, Verdict verdict)
    {
        var style = measure == Measures.Lost && verdict.Lost > 0 ? "bad" : "";
        return Html.Of($"""<div class="{style}"><dt>{measure.Title}</dt><dd>{Words.Of(measure, verdict)}</dd></div>""");
    }

    private static Html LostMessages(Verdict verdict)
    {
        if (verdict.Lost == 0)
        {
            return Html.Empty;
        }

        var named = verdict.LostMessages.Count;
        var caption = named < verdict.Lost
            ? $"The first {Words.Count(named)} of {Words.Count(verdict.Lost)} lost messages"
            : $"{Words.Count(verdict.Lost, "lost message")}";
        return Parts.Table(
            caption,
            Html.Of($"<tr>{Parts.Column("Run of the producer")}{Parts.Column("Number in it", number: true)}</tr>"),
            verdict.LostMessages.Select(message =>
                Html.Of($"""<tr><th scope="row">{message.Run}</th>{Parts.Number(Html.Of($"{Words.Count(message.Sequence)}"))}</tr>""")),
            "lost");
    }
}
