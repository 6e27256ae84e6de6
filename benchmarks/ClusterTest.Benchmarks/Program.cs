using System.CommandLine;
using ClusterTest.Benchmarks;
using ClusterTest.Benchmarks.Clients;
using ClusterTest.Benchmarks.Parts;
using ClusterTest.Benchmarks.Verdicts;
using ClusterTest.Cli;
using ClusterTest.Lab.Faults;

var rounds = OptionParsing.Number("--rounds", "Rounds; every contender meets every fault once in each. [default: 5]", 1, 100, "a number of rounds");
var rate = OptionParsing.Number("--rate", "Messages a second. [default: 200]", 10, 5_000, "a number of messages a second");
string[] names = [new StopApp().Name, new Kill().Name, new Freeze().Name];
var faults = new Option<string[]>("--faults")
{
    Description = "Faults, in this order.",
    HelpName = string.Join('|', names),
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => names[..2],
};
faults.AcceptOnlyFromAmong(names);

var outage = new Command(
    "outage", "Measures how long consumers hear nothing when the node they are on fails: ours, and others, on one cluster in one run.")
{
    rounds,
    rate,
    faults,
};
outage.SetAction((parsed, cancellationToken) => new OutageBenchmark(
    parsed.GetValue(rounds) ?? 5,
    parsed.GetValue(rate) ?? 200,
    [.. parsed.GetRequiredValue(faults).Select(name => FaultList.Find(name)!)]).RunAsync(cancellationToken));

var root = new RootCommand("Compares this project with other clients.") { outage, ClientsCommand.Create(), VerdictCommand.Create() };
foreach (var part in PartCommands.All($"./bench {string.Join(' ', args)}"))
{
    root.Subcommands.Add(part);
}

return await ClusterTest.Cli.CommandLine.RunAsync(root, args);
