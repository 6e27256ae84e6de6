using ClusterTest.Verdicts.Reports.Charts;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>The chart of confirms and deliveries over time.</summary>
internal static class TimelineFigure
{
    private const int MostRows = 60;

    public static Html Render(Judgement judgement)
    {
        var silences = Silence.Of(judgement.Timeline);
        var finding = Finding(judgement.Verdict, silences);
        return Figure.Render(
            finding,
            Legend(judgement.Verdict, silences),
            size => TimelineChart.Draw(judgement, size, finding),
            Numbers(judgement));
    }

    private static string Finding(Verdict verdict, IReadOnlyList<Silence> silences)
    {
        var worst = verdict.Faults.Where(fault => fault.Outage is not null).MaxBy(fault => fault.Outage);
        var outage = (worst, verdict.Outage) switch
        {
            ({ Outage: { } felt }, var longest) when longest is null || felt >= longest =>
                $"Deliveries paused longest, for {Words.Time(felt)}, at fault {worst.Id}: {worst.Fault}{(worst.Node is null ? "" : $" on {worst.Node}")}.",
            (_, { } longest) => $"Deliveries never paused for longer than {Words.Time(longest)}.",
            _ => "No pause between deliveries was measured.",
        };
        return silences.Count == 0
            ? outage
            : $"{outage} {Words.Count(silences.Count, "silence")} lasted for a whole step of the timeline or longer.";
    }

    private static IEnumerable<(string Style, string Meaning)> Legend(Verdict verdict, IReadOnlyList<Silence> silences)
    {
        yield return ("received", "received a second");
        yield return ("confirmed", "confirmed a second");
        if (verdict.Faults.Count > 0)
        {
            yield return ("fault", "a fault, until healed, and the outage it made");
        }

        if (silences.Count > 0)
        {
            yield return ("silence", "nothing received");
        }
    }

    private static Html Numbers(Judgement judgement) => Parts.Table(
        "Confirms and deliveries over time",
        Html.Of($"<tr>{Parts.Column("From", number: true)}{Parts.Column("Confirmed", number: true)}"
            + $"{Parts.Column("Received", number: true)}{Parts.Column("Faults injected")}</tr>"),
        TimelineBin.Of(judgement.Timeline, MostRows).Select(bin => Html.Of($"""
            <tr><th scope="row" class="number">{Words.Elapsed(bin.Start)}</th>
            {Parts.Number(Html.Of($"{Words.Count(bin.Confirmed)}"))}{Parts.Number(Html.Of($"{Words.Count(bin.Received)}"))}
            <td>{Injected(judgement, bin)}</td></tr>
            """)));

    private static string Injected(Judgement judgement, TimelineBin bin) => string.Join(
        "; ",
        judgement.Verdict.Faults
            .Where(fault => fault.Injected - judgement.Timeline.Start is var at && at >= bin.Start && at < bin.Start + bin.Length)
            .Select(fault => $"{fault.Id} {fault.Fault} {fault.Node}".TrimEnd()));
}
