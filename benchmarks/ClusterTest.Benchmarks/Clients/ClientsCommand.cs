using System.CommandLine;
using ClusterTest.Cli;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Benchmarks.Clients;

/// <summary><c>clients</c>.</summary>
internal static class ClientsCommand
{
    public static Command Create()
    {
        var rounds = OptionParsing.Number("--rounds", "Rounds; every client meets every fault once in each. [default: 5]", 1, 100, "a number of rounds");
        var rate = OptionParsing.Number("--rate", "Messages a second. [default: 200]", 10, 5_000, "a number of messages a second");
        Fault[] faults = [new StopApp(), new Kill(), new Freeze()];
        var command = new Command(
            "clients",
            "Measures how long a consumer hears nothing, and what it loses, when the node that it is on is stopped, killed or frozen: ours, and those of other "
            + "libraries in benchmarks/clients, on one cluster in one run. Writes benchmarks/results/clients-DATE.md.")
        {
            rounds,
            rate,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var (turns, messages) = (parsed.GetValue(rounds) ?? 5, parsed.GetValue(rate) ?? 200);
            return new ClientBenchmark(turns, messages, faults, $"./bench clients --rounds {turns} --rate {messages}").RunAsync(cancellationToken);
        });
        return command;
    }
}
