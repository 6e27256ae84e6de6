using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Clusters;
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
        var maxOutage = OptionParsing.Duration("--max-outage", "Fail also when the consumers were silent for longer. [default: any silence will do]");
        var output = OptionParsing.Choice(
            "--output", "Lines and a table, or a JSON object. [default: text]", new Dictionary<string, OutputFormat> { ["text"] = OutputFormat.Text, ["json"] = OutputFormat.Json });
        var command = new Command("verdict", "Account for every message of recorded runs: 3 if one was lost, 2 if the files prove nothing.") { files, maxOutage, output };
        command.SetAction(CommandRunner.For(options, (parsed, _) => Task.FromResult(
            Judge(parsed.GetRequiredValue(files), parsed.GetValue(maxOutage), parsed.GetValue(output) ?? OutputFormat.Text))));
        return command;
    }

    private static int Judge(string[] files, TimeSpan? maxOutage, OutputFormat output)
    {
        var verdict = Verdicts.Judge.OfFiles(files).Verdict;
        if (Missing(verdict, maxOutage) is { } missing)
        {
            throw new LabException($"This proves nothing: {missing}");
        }

        if (output is OutputFormat.Json)
        {
            Console.WriteLine(ReportJson.Write(verdict));
        }
        else
        {
            VerdictView.Write(LabConsole.Open(), verdict);
        }

        var isTooLong = verdict.Outage > maxOutage;
        if (isTooLong && output is OutputFormat.Text)
        {
            Console.WriteLine($"The outage of {VerdictView.Milliseconds(verdict.Outage)} is longer than the {Duration.Format(maxOutage!.Value)} allowed.");
        }

        return verdict.Lost > 0 || isTooLong ? ExitCode.VerdictFailed : ExitCode.Success;
    }

    private static string? Missing(Verdict verdict, TimeSpan? maxOutage) => verdict switch
    {
        { Producers: 0, Consumers: 0 } => "there are no events of a producer or a consumer in it. Name what both wrote with --output json.",
        { Producers: 0 } => "there are no events of a producer in it, so nothing is known to have been confirmed. Name its file, too.",
        { Consumers: 0 } => "there are no events of a consumer in it, so nothing is known to have been received. Name its file, too.",
        { Confirmed: 0 } => "no message was confirmed.",
        { Outage: null, Lost: 0 } when maxOutage is not null => "the consumers received too little to have been silent in between, so there is no outage to compare with --max-outage.",
        _ => null,
    };
}
