using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Verdicts.Reports;
using Spectre.Console;

namespace ClusterTest.Lab.Views;

/// <summary>Prints the result of a drill: the numbers, the outcome, and the path of the report.</summary>
internal static class DrillView
{
    internal static void Write(IAnsiConsole console, DrillFiles files)
    {
        var report = files.Report;

        // Topologies are many, and only their differences matter here: the report has the numbers of each.
        foreach (var variant in SideBySide.IsOfTopologies(report.Variants) ? [] : report.Variants)
        {
            console.WriteLine();
            if (variant.Name.Length > 0)
            {
                console.WriteLine(variant.Name);
            }

            VerdictView.Write(console, variant.Judgement.Verdict);
        }

        if (report.Variants.Count > 1 || SideBySide.IsOfTopologies(report.Variants))
        {
            console.WriteLine();
            ComparisonView.Write(console, report.Variants);
        }

        console.WriteLine();
        if (report.Clients is { } clients)
        {
            console.WriteLine($"Clients: {Printable.Line(string.Join(", ", clients))}");
        }

        OutcomeView.Write(console, report.Outcome, report.Reasons);
        console.WriteLine($"Report: {Path.GetRelativePath(Directory.GetCurrentDirectory(), files.Files.Html)}");
    }
}
