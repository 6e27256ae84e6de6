using System.CommandLine;
using ClusterTest.Cli;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>The commands that measure whole programs; each prints tables and keeps them in benchmarks/results.</summary>
internal static class PartCommands
{
    /// <summary>Makes the commands.</summary>
    /// <param name="typed">What the user typed, for the page.</param>
    public static IEnumerable<Command> All(string typed) =>
    [
        Publish(typed),
        Timed("consume", "Consumed and acked messages a second, and what each costs the client, at the null broker.", (rounds, seconds, cancellation) =>
            new ConsumePart(rounds, seconds, typed).RunAsync(cancellation)),
        Timed("bodies", "Bodies of 100 kB and 10 MB, both ways, at the null broker.", (rounds, seconds, cancellation) =>
            new BodiesPart(rounds, seconds, typed).RunAsync(cancellation)),
    ];

    private static Command Publish(string typed)
    {
        var isCluster = new Option<bool>("--cluster") { Description = "At three real nodes through HAProxy, on a cluster that is started for it." };
        var command = Timed(
            "publish",
            "Confirmed publishes a second, and what each costs the client, at the null broker.",
            (rounds, seconds, cancellation) => new PublishPart(rounds, seconds, typed).AtNullBrokerAsync(cancellation),
            (rounds, seconds, cancellation) => new PublishPart(rounds, seconds, typed).AtClusterAsync(cancellation),
            isCluster);
        return command;
    }

    private static Command Timed(
        string name,
        string description,
        Func<int, double, CancellationToken, Task<int>> run,
        Func<int, double, CancellationToken, Task<int>>? runOtherwise = null,
        Option<bool>? isOtherwise = null)
    {
        var rounds = OptionParsing.Number("--rounds", "Rounds; every contender runs once in each. [default: 5]", 1, 100, "a number of rounds");
        var seconds = OptionParsing.Number("--seconds", "Measured seconds of each run. [default: 3]", 0.5, 600, "a number of seconds");
        var command = new Command(name, description) { rounds, seconds };
        if (isOtherwise is not null)
        {
            command.Options.Add(isOtherwise);
        }

        command.SetAction((parsed, cancellationToken) =>
            (isOtherwise is not null && parsed.GetValue(isOtherwise) ? runOtherwise! : run)(
                parsed.GetValue(rounds) ?? 5, parsed.GetValue(seconds) ?? 3, cancellationToken));
        return command;
    }
}
