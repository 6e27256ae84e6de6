using ClusterTest.Lab.Drills;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Reports;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>Prints the result of a drill: the numbers, the outcome, and the path of the report.</summary>
internal static class DrillView
{
    internal static void Write(IAnsiConsole console, DrillFiles files)
    {
        var report = files.Report;
        foreach (var variant in report.Variants)
        {
            console.WriteLine();
            if (variant.Name.Length > 0)
            {
                console.WriteLine(variant.Name);
            }

            VerdictView.Write(console, variant.Judgement.Verdict);
        }

        if (report.Variants.Count > 1)
        {
            console.WriteLine();
            console.Write(SideBySide(report.Variants));
        }

        console.WriteLine();
        OutcomeView.Write(console, report.Outcome, report.Reasons);
        console.WriteLine($"Report: {Path.GetRelativePath(Directory.GetCurrentDirectory(), files.Files.Html)}");
    }

    /// <summary>A table with a column for each variant, and a row for each number and for each fault's outage.</summary>
    internal static Table SideBySide(IReadOnlyList<DrillVariant> variants)
    {
        var table = new Table { Border = TableBorder.Simple };
        _ = table.AddColumn("");
        foreach (var variant in variants)
        {
            _ = table.AddColumn(new TableColumn(new Text(variant.Name)).RightAligned());
        }

        foreach (var measure in (Measure[])[Measures.Confirmed, Measures.Lost, Measures.Duplicated, Measures.Reordered, Measures.Outage, Measures.Stall])
        {
            Add(measure.Name, measure.TextOf);
        }

        foreach (var fault in variants.SelectMany(static variant => variant.Judgement.Verdict.Faults).Select(static fault => fault.Fault).Distinct())
        {
            Add($"{fault}: median outage (longest)", verdict => Outages(
            [
                .. verdict.Faults
                    .Where(account => account.Fault == fault)
                    .Select(static account => account.Outage)
                    .OfType<TimeSpan>()
                    .Order(),
            ]));
        }

        return table;

        void Add(string name, Func<Verdict, string> number) =>
            table.AddRow([new Text(name), .. variants.Select(variant => new Text(number(variant.Judgement.Verdict)))]);
    }

    private static string Outages(IReadOnlyList<TimeSpan> sorted) =>
        sorted is [] ? "-" : $"{VerdictView.Milliseconds(sorted[(sorted.Count - 1) / 2])} ({VerdictView.Milliseconds(sorted[^1])})";
}
