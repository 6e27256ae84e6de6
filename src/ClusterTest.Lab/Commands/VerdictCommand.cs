using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Reports;
using ClusterTest.Lab.Reports.Json;
using ClusterTest.Lab.Verdicts;

namespace ClusterTest.Lab.Commands;

/// <summary><c>verdict FILE…</c>: judges event files, a lab's or anybody's.</summary>
internal static class VerdictCommand
{
    internal static Command Create(LabOptions options)
    {
        var files = new Argument<string[]>("FILE") { Description = "What producers and consumers wrote with --output json, or a drill's events.jsonl.", Arity = ArgumentArity.OneOrMore };
        var maxOutage = OptionParsing.Duration("--max-outage", "Fail also when the consumers were silent for longer. [default: what the drill allowed, else any silence will do]");
        var output = OptionParsing.Choice(
            "--output", "Lines and a table, or a JSON object. [default: text]", new Dictionary<string, OutputFormat> { ["text"] = OutputFormat.Text, ["json"] = OutputFormat.Json });
        var command = new Command("verdict", "Account for every message of recorded runs. Exit 0: passed. 3: failed, as when a message was lost. 2: the files prove nothing, as when one was cut off.") { files, maxOutage, output };
        command.SetAction(CommandRunner.For(options, (parsed, _) => Task.FromResult(
            Judge(parsed.GetRequiredValue(files), parsed.GetValue(maxOutage), parsed.GetValue(output) ?? OutputFormat.Text))));
        return command;
    }

    private static int Judge(string[] files, TimeSpan? maxOutage, OutputFormat output)
    {
        var verdict = Verdicts.Judge.OfFiles(files, maxOutage).Verdict;
        if (output is OutputFormat.Json)
        {
            Console.WriteLine(ReportJson.Write(verdict));
        }
        else
        {
            var console = LabConsole.Open();
            VerdictView.Write(console, verdict);
            OutcomeView.Write(console, verdict.Outcome, verdict.Reasons);
        }

        return OutcomeRule.ExitCodeOf(verdict.Outcome);
    }
}
