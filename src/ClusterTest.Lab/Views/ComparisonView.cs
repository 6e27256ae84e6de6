using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>
/// Shows variants side by side: a column for each, and a row for each number and for each fault's outage. Topologies have rows of words, too; where these do
/// not fit into columns, they stand below the numbers, a line for each topology.
/// </summary>
internal static class ComparisonView
{
    private const string None = "-";
    private const string Unit = " ms";

    // A phrase in a narrower column would take more lines than there are topologies.
    private const int LeastForWords = 16;

    // The longest name of a row of numbers.
    private const int Label = 22;

    internal static void Write(IAnsiConsole console, IReadOnlyList<DrillVariant> variants)
    {
        var properties = SideBySide.PropertiesOf(variants);
        var fits = properties is [] || WidthOfWords(console.Profile.Width, properties, variants.Count) >= variants.Max(LeastFor);
        var table = ToTable(variants, isTight: !fits);
        _ = fits && properties is not [] ? table.AddEmptyRow() : table;
        foreach (var name in fits ? properties : [])
        {
            _ = table.AddRow([new Text(name), .. variants.Select(variant => new Text(SideBySide.PropertyOf(variant, name) ?? None))]);
        }

        console.Write(table);
        foreach (var name in fits ? [] : properties)
        {
            WriteList(console, name, variants);
        }

        if (SideBySide.NotRun(variants) is { Count: > 0 } notRun)
        {
            console.WriteLine($"{(fits ? "" : "\n")}{string.Join('\n', notRun)}");
        }
    }

    // Two columns of the terminal are the table's edges, and three stand between two columns of the table.
    private static int WidthOfWords(int terminal, IReadOnlyList<string> properties, int columns) =>
        ((terminal - 2 - properties.Select(static name => name.Length).Append(Label).Max()) / columns) - 3;

    private static int LeastFor(DrillVariant variant) => Math.Max(LeastForWords, variant.Name.Length);

    private static Table ToTable(IReadOnlyList<DrillVariant> variants, bool isTight)
    {
        var isOfTopologies = SideBySide.IsOfTopologies(variants);
        var table = new Table { Border = TableBorder.Simple };
        _ = table.AddColumn(Column("").NoWrap());
        foreach (var variant in variants)
        {
            var column = Column(isTight ? variant.Name.Replace("-", "-\n", StringComparison.Ordinal) : variant.Name);
            _ = table.AddColumn(isTight || !isOfTopologies ? column.RightAligned() : column);
        }

        if (isOfTopologies)
        {
            _ = table.AddRow([new Text("outcome"), .. variants.Select(OutcomeOf)]);
        }

        foreach (var measure in Measures.Compared)
        {
            Add(measure.Name, measure.Unit, variant => measure.TextOf(variant.Judgement.Verdict));
        }

        foreach (var fault in SideBySide.FaultsOf(variants))
        {
            Add(
                $"{fault}: {(isOfTopologies ? "outage" : "median outage (longest)")}",
                MeasureUnit.Milliseconds,
                variant => Outages(SideBySide.OutagesOf(variant, fault), withMedian: !isOfTopologies));
        }

        return table;

        TableColumn Column(string header) => new TableColumn(new Text(header)).Padding(isTight ? 0 : 1, 0, isTight ? 0 : 1, 0);

        // In a tight table the unit stands once, with the name.
        void Add(string name, MeasureUnit unit, Func<DrillVariant, string> number) => table.AddRow(
        [
            new Text(isTight && unit is MeasureUnit.Milliseconds ? $"{name},{Unit}" : name),
            .. variants
                .Select(variant => variant.Judgement.Verdict.NotRun is null ? number(variant) : None)
                .Select(text => new Text(isTight ? text.Replace(Unit, "", StringComparison.Ordinal) : text)),
        ]);
    }

    private static void WriteList(IAnsiConsole console, string property, IReadOnlyList<DrillVariant> variants)
    {
        console.WriteLine($"  {property}");
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().Width(variants.Max(static variant => variant.Name.Length)).PadLeft(4).PadRight(2))
            .AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var variant in variants)
        {
            _ = grid.AddRow(new Text(variant.Name), new Text(SideBySide.PropertyOf(variant, property) ?? None));
        }

        console.Write(grid);
    }

    private static Text OutcomeOf(DrillVariant variant) => variant.Judgement.Verdict.Outcome is Outcome.Failed
        ? new Text(SideBySide.OutcomeOf(variant), new Style(Color.Red))
        : new Text(SideBySide.OutcomeOf(variant));

    private static string Outages(IReadOnlyList<TimeSpan> sorted, bool withMedian) => (sorted, withMedian) switch
    {
        ([], _) => None,
        (_, false) => VerdictView.Milliseconds(sorted[^1]),
        _ => $"{VerdictView.Milliseconds(sorted[(sorted.Count - 1) / 2])} ({VerdictView.Milliseconds(sorted[^1])})",
    };
}
