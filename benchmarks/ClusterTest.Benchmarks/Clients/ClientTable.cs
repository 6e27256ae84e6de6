using System.Globalization;
using System.Text;
using ClusterTest.Events;
using Fault = ClusterTest.Lab.Faults.Fault;

namespace ClusterTest.Benchmarks.Clients;

/// <summary>The table of all clients under all faults, in Markdown.</summary>
/// <param name="contenders">The lines.</param>
/// <param name="faults">The groups of columns.</param>
internal sealed class ClientTable(IReadOnlyList<ClientContender> contenders, IReadOnlyList<Fault> faults)
{
    private const string TheQueue = "the queue itself: without a confirm for our producer, which has a session on each node";
    private const string WaitedAndTotals = "waited: the longest time from a message's confirm to its first receipt; "
        + "messages lost and duplicated in all rounds";

    private readonly Dictionary<(ClientContender, Fault), ClientCell> _cells = [];
    private readonly Dictionary<Fault, List<TimeSpan>> _pauses = faults.ToDictionary(static fault => fault, static _ => new List<TimeSpan>());
    private readonly Dictionary<ClientContender, string> _versions = [];
    private readonly List<string> _remarks = [];

    public ClientCell this[ClientContender contender, Fault fault]
    {
        get
        {
            _ = _cells.TryAdd((contender, fault), new ClientCell());
            return _cells[(contender, fault)];
        }
    }

    /// <summary>Takes note of how long the queue stood still in a drill.</summary>
    public void Pause(Fault fault, TimeSpan? pause)
    {
        if (pause is { } known)
        {
            _pauses[fault].Add(known);
        }
    }

    /// <summary>Takes note of a drill that could not be counted.</summary>
    public void Remark(string remark) => _remarks.Add(Printable.Line(remark));

    /// <summary>Takes note of a client's own name and version.</summary>
    public void Name(ClientContender contender, string version) => _versions[contender] = version;

    /// <summary>Writes the page.</summary>
    /// <param name="environment">Where it was measured.</param>
    /// <param name="date">When.</param>
    /// <param name="rate">The messages a second.</param>
    /// <param name="command">What was run.</param>
    public string Write(DrillEnvironment environment, DateTimeOffset date, int rate, string command)
    {
        var page = new StringBuilder();
        Line(page, $"# Clients under the same faults, {date.UtcDateTime:yyyy-MM-dd}");
        Line(page, $"");
        var software = $"{string.Join(", ", environment.Brokers)}, {environment.Balancer}, {environment.Runtime}";
        Line(page, $"`{command}`, {rate} messages/s, {software}, {environment.System}.");
        Line(page, $"");
        Line(page, $"Silence at the consumer in ms, median (longest), when the node that it is on is broken, from then until it is healed; {WaitedAndTotals}.");
        Line(page, $"");
        Line(page, $"| client | {string.Join(" | ", faults.Select(static fault => $"{fault.Name} | waited | lost | dup."))} | rounds |");
        Line(page, $"|---|{string.Concat(faults.Select(static _ => "--:|--:|--:|--:|"))}--:|");
        foreach (var contender in contenders)
        {
            Line(page, $"| {contender.Name} | {Cells(contender)} |");
        }

        Line(page, $"| *{TheQueue}* | {string.Concat(faults.Select(fault => $"{ClientCell.Times(_pauses[fault])} | | | | "))}|");
        Line(page, $"");
        Line(page, $"Versions: {string.Join(", ", _versions.Values.Distinct())}; ours {environment.Tool}.");
        foreach (var remark in _remarks.Prepend(""))
        {
            Line(page, remark.Length is 0 ? (FormattableString)$"" : $"- {remark}");
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private string Cells(ClientContender contender)
    {
        if (contender.Missing is { } missing)
        {
            return $"not there: {missing}" + string.Concat(Enumerable.Repeat(" |", 4 * faults.Count));
        }

        var cells = faults.Select(fault => this[contender, fault]).ToList();
        var (least, most) = (cells.Min(static cell => cell.Rounds), cells.Max(static cell => cell.Rounds));
        return string.Join(" | ", cells.Select(Cell).Append(least == most ? Number(least) : $"{Number(least)} to {Number(most)}"));
    }

    private static string Cell(ClientCell cell) => cell.Rounds is 0
        ? "- | - | - | -"
        : $"{cell.Silence} | {cell.Waited} | {Number(cell.Lost)} | {Number(cell.Duplicated)}";

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder page, FormattableString text) => page.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
