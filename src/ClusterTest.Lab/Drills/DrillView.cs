using ClusterTest.Lab.Reports;
using Spectre.Console;

namespace ClusterTest.Lab.Drills;

/// <summary>Prints what came out of a drill.</summary>
internal static class DrillView
{
    internal static void Write(IAnsiConsole console, DrillFiles files)
    {
        console.WriteLine();
        foreach (var variant in files.Report.Variants)
        {
            console.WriteLine(variant.Name);
        }
    }
}
