using ClusterTest.Verdicts.Reports.Json;
using ClusterTest.Verdicts.Reports.Pages;

namespace ClusterTest.Verdicts.Reports;

/// <summary>Writes a report for people and one for programs.</summary>
/// <param name="Json">Path of <c>report.json</c>: all of the report, see docs/report.md.</param>
/// <param name="Html">Path of <c>report.html</c>: one file that needs no other file and no network.</param>
public sealed record ReportFiles(string Json, string Html)
{
    /// <summary>Writes both files, each whole or not at all, over older ones.</summary>
    /// <param name="report">What to report.</param>
    /// <param name="folder">Where to write them; the folder is made if it is missing.</param>
    /// <exception cref="EvidenceException">A file of that name exists, and is no report.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder belongs to someone else.</exception>
    public static ReportFiles Write(DrillReport report, string folder)
    {
        _ = Directory.CreateDirectory(folder);
        var files = new ReportFiles(Path.Combine(folder, "report.json"), Path.Combine(folder, "report.html"));
        foreach (var (file, mark) in new[] { (files.Json, $"\"{DrillReport.SchemaName}\""), (files.Html, ReportPage.GeneratorMark) })
        {
            if (File.Exists(file) && !File.ReadAllText(file).Contains(mark, StringComparison.Ordinal))
            {
                throw new EvidenceException($"{file} is there, and is no report that this lab wrote. Nothing was changed; name another folder.");
            }
        }

        Replace(files.Json, ReportJson.Write(report) + "\n");
        Replace(files.Html, ReportPage.Render(report));
        return files;
    }

    private static void Replace(string file, string text)
    {
        var next = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(next, text);
        File.Move(next, file, overwrite: true);
    }
}
