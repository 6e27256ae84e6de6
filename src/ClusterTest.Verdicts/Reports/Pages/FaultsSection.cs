namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>How each fault of one variant was felt.</summary>
internal static class FaultsSection
{
    public static Html Render(Judgement judgement, TimeSpan? longestAllowed, string id, int level)
    {
        var faults = judgement.Verdict.Faults;
        var content = faults.Count == 0
            ? Html.Of($"<p>No fault was injected.</p>")
            : Parts.Table(
                "Each fault, in the order of injection",
                Head(withProducer: faults.Any(static fault => fault.Producer is not null), FeltIn(faults)),
                faults.Select(fault => Row(fault, judgement, longestAllowed)),
                "faults");
        if (faults.Any(static fault => fault.Checked is false))
        {
            content = Html.Of($"""
                {content}
                <p>Of a command it is known when it started and ended. Whether something broke, and when, only the programs can tell.</p>
                """);
        }

        return Parts.Section(id, level, "Faults", Html.Of($"{content}{FailoverTable.Render(faults)}"));
    }

    // Few faults have late messages: those in which messages, or all who would receive them, can do nothing but wait. Few leave a backlog.
    private static List<Measure<FaultAccount>> FeltIn(IReadOnlyList<FaultAccount> faults) =>
    [
        .. Measures.OfFault,
        .. faults.Any(static fault => fault.Late > 0) ? [Measures.LateOfFault] : Array.Empty<Measure<FaultAccount>>(),
        .. faults.Any(Measures.HasLongCatchUp) ? [Measures.BacklogOfFault, Measures.CatchUpOfFault] : Array.Empty<Measure<FaultAccount>>(),
    ];

    private static Html Head(bool withProducer, List<Measure<FaultAccount>> felt)
    {
        var recovery = Measures.OfRecovery.Select(static measure => Parts.Column(measure.Title, number: true)).ToList();
        var producer = withProducer ? Html.Of($"""<th scope="colgroup" colspan="3">Producer</th>""") : Html.Empty;
        return Html.Of($"""
            <tr>
            <td colspan="3"></td><th scope="colgroup" colspan="{felt.Count}">Felt</th><th scope="colgroup" colspan="3">Consumer</th>{producer}
            </tr>
            <tr>
            {Parts.Column("Fault")}{Parts.Column("Node")}{Parts.Column("At", number: true)}
            {felt.Select(static measure => Parts.Column(measure.Title, number: true))}
            {recovery}
            {(withProducer ? recovery : [])}
            </tr>
            """);
    }

    private static Html Row(FaultAccount fault, Judgement judgement, TimeSpan? longestAllowed)
    {
        var withProducer = judgement.Verdict.Faults.Any(other => other.Producer is not null);
        var role = fault.Role is null ? Html.Empty : Html.Of($""" <small>{fault.Role.Replace(",", ", ", StringComparison.Ordinal)}</small>""");
        var failure = fault.Failure is null ? Html.Empty : Html.Of($""" <small class="bad">failed: {fault.Failure}</small>""");
        var effect = fault switch
        {
            { Noticed: false } => Html.Of($""" <small class="bad">not noticed</small>"""),
            { Checked: false, Failure: null } => Html.Of($""" <small>command</small>"""),
            _ => Html.Empty,
        };
        var at = judgement.Timeline.Received.Count == 0 ? Words.None : Html.Of($"{Words.Elapsed(fault.Injected - judgement.Timeline.Start)}");
        return Html.Of($"""
            <tr>
            <th scope="row"><span class="ordinal">{fault.Id}</span> {fault.Fault}{effect}{failure}</th>
            <td>{(fault.Node is null ? Words.None : Html.Of($"{fault.Node}"))}{role}</td>
            {Parts.Number(at)}
            {FeltIn(judgement.Verdict.Faults).Select(measure => Parts.Number(Felt(measure, fault, longestAllowed)))}
            {Recovery(fault.Consumer)}
            {(withProducer ? Recovery(fault.Producer) : Html.Empty)}
            </tr>
            """);
    }

    private static Html Felt(Measure<FaultAccount> measure, FaultAccount fault, TimeSpan? longestAllowed) =>
        measure == Measures.OutageOfFault && fault.Outage > longestAllowed
            ? Html.Of($"""<strong class="bad">{Words.Of(measure, fault)}</strong> <small class="bad">too long</small>""")
            : measure == Measures.BacklogOfFault && fault.Backlog is null ? Words.None
            : Words.Of(measure, fault);

    private static Html Recovery(RecoveryTimes? times) =>
        Html.Of($"{Measures.OfRecovery.Select(measure => Parts.Number(times is null ? Words.None : Words.Of(measure, times)))}");
}
