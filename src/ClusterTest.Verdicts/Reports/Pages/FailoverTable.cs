using ClusterTest.Events;

namespace ClusterTest.Verdicts.Reports.Pages;

/// <summary>How a cluster manager moved or restarted the broker after a fault. All times are in milliseconds, so that they compare.</summary>
internal static class FailoverTable
{
    private static readonly Measure<FailoverTimes>[] Times = [.. Measures.OfFailover, Measures.TotalOfFailover];

    /// <summary>The table; nothing if no broker failed over.</summary>
    public static Html Render(IEnumerable<FaultAccount> faults)
    {
        var rows = faults.SelectMany(static fault => fault.Failover is { } times ? [Row(fault, times)] : Array.Empty<Html>()).ToList();
        return rows.Count == 0 ? Html.Empty : Html.Of($"""
            {Parts.Table("How the broker failed over", Head(), rows, "failovers")}
            <p>What did not happen has no time. A broker that is restarted where it was needs no fencing and no other address;
            a planned move needs no detection.</p>
            """);
    }

    private static Html Head() => Html.Of($"""
        <tr>
        {Parts.Column("Fault")}{Parts.Column("To")}
        {Times.Select(static time => Parts.Column(time.Title, number: true))}
        </tr>
        """);

    private static Html Row(FaultAccount fault, FailoverTimes times) => Html.Of($"""
        <tr>
        <th scope="row"><span class="ordinal">{fault.Id}</span> {fault.Fault}</th>
        <td>{times.Host}</td>
        {Times.Select(time => Parts.Number(time.Of(times) is null ? Words.None : Html.Of($"{time.TextOf(times)}")))}
        </tr>
        """);
}
