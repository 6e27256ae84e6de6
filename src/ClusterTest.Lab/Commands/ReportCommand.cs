using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Views;
using ClusterTest.Verdicts.Reports;
using Spectre.Console;

namespace ClusterTest.Lab.Commands;

/// <summary><c>report FILE…</c>: makes the report of recorded runs, even if the lab ended before it made one.</summary>
internal static class ReportCommand
{
    internal static Command Create(LabOptions options)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "A drill's event files, one for each variant, or what producers and consumers wrote with --output json.",
            Arity = ArgumentArity.OneOrMore,
        };
        var maxOutage = OptionParsing.Duration(
            "--max-outage", "Also fail if the consumers were silent for longer than this. [default: the limit of the drill, else no limit]");
        var folder = new Option<string?>("--folder")
        {
            Description = "Write report.html and report.json to this folder, and replace older ones. [default: the folder of the first file]",
            HelpName = "DIRECTORY",
        };
        var command = new Command("report", "Make report.html and report.json from recorded runs alone. Exit codes as for verdict.")
        {
            files,
            maxOutage,
            folder,
        };
        command.SetAction(CommandRunner.For(options, (parsed, _) => Task.FromResult(
            Write(parsed.GetRequiredValue(files), parsed.GetValue(maxOutage), parsed.GetValue(folder)))));
        return command;
    }

    private static int Write(string[] files, TimeSpan? maxOutage, string? folder)
    {
        var report = DrillReports.Of(files, maxOutage);
        var written = ReportFiles.Write(report, folder ?? Path.GetDirectoryName(Path.GetFullPath(files[0]))!);
        var console = LabConsole.Open();
        OutcomeView.Write(console, report.Outcome, report.Reasons);
        console.WriteLine($"Report: {Path.GetRelativePath(Directory.GetCurrentDirectory(), written.Html)}");
        return OutcomeExitCode.Of(report.Outcome);
    }
}
