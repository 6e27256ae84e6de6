using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Verdicts;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>Shows how a cluster manager moved or restarted the broker after each fault after which it did. The table fits 80 columns.</summary>
internal static class FailoverTable
{
    private static readonly Measure<FailoverTimes>[] Times = [.. Measures.OfFailover, Measures.TotalOfFailover];

    /// <summary>Writes the table; nothing if no broker failed over.</summary>
    internal static void Write(IAnsiConsole console, IReadOnlyList<FaultAccount> faults)
    {
        if (faults.Any(static fault => fault.Failover is not null))
        {
            console.WriteLine("How the broker failed over:");
            console.Write(ToTable(faults));
        }
    }

    private static Table ToTable(IReadOnlyList<FaultAccount> faults)
    {
        var table = new Table { Border = TableBorder.Simple };
        _ = table.AddColumn(new TableColumn(new Text("#")).RightAligned().NoWrap().Padding(0, 0));
        _ = table.AddColumn(new TableColumn(new Text("Fault")).Padding(0, 0));
        _ = table.AddColumn(new TableColumn(new Text("To")).Padding(0, 0));
        foreach (var time in Times)
        {
            _ = table.AddColumn(new TableColumn(new Text($"{time.Title}\nms")).RightAligned().NoWrap().Padding(0, 0));
        }

        foreach (var fault in faults)
        {
            if (fault.Failover is { } times)
            {
                _ = table.AddRow(
                [
                    new Text(fault.Id.ToString(CultureInfo.InvariantCulture)),
                    Name(fault.Fault),
                    Name(times.Host),
                    .. Times.Select(time => new Text(time.Of(times)?.ToString("0", CultureInfo.InvariantCulture) ?? "-")),
                ]);
            }
        }

        return table;
    }

    // The user's own names may have any length: they are cut if there is no room.
    private static Text Name(string name) => new(Printable.Line(name)) { Overflow = Overflow.Ellipsis };
}
