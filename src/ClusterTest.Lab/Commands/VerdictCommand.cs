using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Events;
using ClusterTest.Lab.Drills;
using ClusterTest.Lab.Views;
using ClusterTest.Verdicts.Reports;
using ClusterTest.Verdicts.Reports.Json;
using Spectre.Console;

namespace ClusterTest.Lab.Commands;

/// <summary><c>verdict FILE…</c>: judges event files of the lab, or of producers and consumers that ran without it.</summary>
internal static class VerdictCommand
{
    internal static Command Create(LabOptions options)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "What producers and consumers wrote with --output json, or a drill's events.jsonl.gz. They may be compressed with gzip.",
            Arity = ArgumentArity.OneOrMore,
        };
        var maxOutage = OptionParsing.Duration(
            "--max-outage", "Also fail if the consumers were silent for longer than this. [default: the limit of the drill, else no limit]");
        var output = OptionParsing.Choice(
            "--output",
            "Write lines and a table (text), or a JSON object (json). [default: text]",
            new Dictionary<string, OutputFormat> { ["text"] = OutputFormat.Text, ["json"] = OutputFormat.Json });
        var command = new Command(
            "verdict",
            "Account for every message of recorded runs. Exit code 0: passed. 3: failed, for example because a message was lost. "
            + "2: the files prove nothing, for example because one was cut off.")
        {
            files,
            maxOutage,
            output,
        };
        command.SetAction(CommandRunner.For(options, (parsed, _) => Task.FromResult(
            Judge(parsed.GetRequiredValue(files), parsed.GetValue(maxOutage), parsed.GetValue(output) ?? OutputFormat.Text))));
        return command;
    }

    private static int Judge(string[] files, TimeSpan? maxOutage, OutputFormat output)
    {
        var variants = DrillReports.VariantsOf(files, maxOutage);
        if (output is OutputFormat.Json)
        {
            Console.WriteLine(ReportJson.Write([.. variants.Select(static variant => variant.Judgement.Verdict)]));
        }
        else
        {
            Write(LabConsole.Open(), variants);
        }

        return OutcomeExitCode.Of(DrillReports.OutcomeOf(variants));
    }

    private static void Write(IAnsiConsole console, IReadOnlyList<DrillVariant> variants)
    {
        foreach (var (name, judgement) in variants)
        {
            if (variants.Count > 1)
            {
                console.WriteLine(name.Length is 0 ? "drill" : Printable.Line(name));
            }

            VerdictView.Write(console, judgement.Verdict);
            OutcomeView.Write(console, judgement.Verdict.Outcome, judgement.Verdict.Reasons);
        }
    }
}
