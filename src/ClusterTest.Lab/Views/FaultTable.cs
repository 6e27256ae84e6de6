using System.Globalization;
using ClusterTest.Events;
using ClusterTest.Verdicts;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>
/// Shows what the clients noticed of each fault. On a narrow terminal, the table fits 80 columns, with letters for consumer, producer and leader; on a wide
/// one, it has words.
/// </summary>
internal static class FaultTable
{
    private const string None = "-";

    // The width that the table in words needs with the longest names of the lab.
    private const int WidthOfWords = 120;

    // Each line is short enough for 80 columns.
    private static readonly string[] Legend =
    [
        "On: L the queue's leader, C a consumer, P a producer.",
        $"{string.Join(", ", Measures.OfRecovery.Select(static measure => measure.Title))}: of lost sessions of C the consumer, P the producer.",
    ];

    internal static void Write(IAnsiConsole console, IReadOnlyList<FaultAccount> faults)
    {
        var inWords = console.Profile.Width >= WidthOfWords;
        console.Write(ToTable(faults, inWords));
        foreach (var line in inWords ? [] : Legend)
        {
            console.WriteLine(line);
        }

        if (faults.All(static fault => fault.Checked is false))
        {
            console.WriteLine("These faults were commands: the lab does not know what they broke, and when; it knows only what the programs noticed.");
        }
    }

    private static Table ToTable(IReadOnlyList<FaultAccount> faults, bool inWords)
    {
        var table = new Table { Border = TableBorder.Simple };
        AddNumber("#");
        AddName("Fault");
        AddName("Node");
        AddName(inWords ? "On it" : "On");
        foreach (var felt in Measures.OfFault)
        {
            AddNumber($"{felt.Title}\nms");
        }

        AddName(inWords ? "Lost" : "");
        foreach (var recovery in Measures.OfRecovery)
        {
            AddNumber($"{recovery.Title}\nms");
        }

        foreach (var fault in faults)
        {
            _ = table.AddRow(RowOf(fault, inWords));
        }

        return table;

        void AddNumber(string header) => table.AddColumn(new TableColumn(new Text(header)).RightAligned().NoWrap().Padding(0, 0, inWords ? 1 : 0, 0));

        void AddName(string header) => table.AddColumn(new TableColumn(new Text(header)).Padding(0, 0, inWords ? 1 : 0, 0));
    }

    private static IEnumerable<Text> RowOf(FaultAccount fault, bool inWords)
    {
        List<(string Name, RecoveryTimes Times)> recoveries =
        [
            .. fault.Consumer is { } consumer ? [("consumer", consumer)] : Array.Empty<(string, RecoveryTimes)>(),
            .. fault.Producer is { } producer ? [("producer", producer)] : Array.Empty<(string, RecoveryTimes)>(),
        ];
        return
        [
            new Text(fault.Id.ToString(CultureInfo.InvariantCulture)),
            Name(fault.Fault),
            Name(fault.Node ?? None),
            Name(RoleOf(fault.Role, inWords)),
            .. Measures.OfFault.Select(measure => new Text(Milliseconds(measure.Of(fault)))),
            Each(recovery => inWords ? recovery.Name : Letter(recovery.Name)),
            .. Measures.OfRecovery.Select(measure => Each(recovery => Milliseconds(measure.Of(recovery.Times), measure == Measures.Ready ? "never" : None))),
        ];

        Text Each(Func<(string Name, RecoveryTimes Times), string> text) => new(recoveries.Count is 0 ? None : string.Join('\n', recoveries.Select(text)));
    }

    private static string RoleOf(string? role, bool inWords) =>
        role is null ? None : inWords ? role.Replace(',', ' ') : string.Concat(role.Split(',').Select(Letter));

    private static string Letter(string word) => word is "" ? "" : char.ToUpperInvariant(word[0]).ToString();

    // The user's own names may have any length: they are cut if there is no room.
    private static Text Name(string name) => new(Printable.Line(name)) { Overflow = Overflow.Ellipsis };

    private static string Milliseconds(double? time, string none = None) => time?.ToString("0", CultureInfo.InvariantCulture) ?? none;
}
