using System.CommandLine;
using ClusterTest.Benchmarks.Harness;
using ClusterTest.Cli;
using ClusterTest.Lab;

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
        Frozen(typed),
        One(typed),
        Growth(typed),
        Storm(typed),
        Paths(typed),
    ];

    private static Command Publish(string typed)
    {
        var isCluster = new Option<bool>("--cluster") { Description = "At three real nodes through HAProxy, on a cluster that is started for it." };
        return Timed(
            "publish",
            "Confirmed publishes a second, and what each costs the client, at the null broker.",
            (rounds, seconds, cancellation) => new PublishPart(rounds, seconds, typed).AtNullBrokerAsync(cancellation),
            (rounds, seconds, cancellation) => new PublishPart(rounds, seconds, typed).AtClusterAsync(cancellation),
            isCluster);
    }

    private static Command Frozen(string typed)
    {
        var freezes = new Option<double[]>("--freeze")
        {
            Description = "How many seconds the peer is frozen.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [3, 12],
        };
        var rounds = RoundsOption(5);
        var seconds = OptionParsing.Number("--seconds", "Measured seconds before a freeze, and after it. [default: 3]", 1.0, 600, "a number of seconds");
        var command = new Command(
            "frozen", "Two producing sessions at full rate, one peer frozen, against one healthy session alone, at two null brokers.")
        {
            rounds,
            seconds,
            freezes,
        };
        command.SetAction((parsed, cancellationToken) =>
            new FrozenPart(parsed.GetValue(rounds) ?? 5, parsed.GetValue(seconds) ?? 3, parsed.GetRequiredValue(freezes), typed).RunAsync(cancellationToken));
        return command;
    }

    private static Command One(string typed)
    {
        var rounds = RoundsOption(11);
        var native = new Option<string>("--native")
        {
            Description = "The producer in native code.",
            DefaultValueFactory = _ => Path.Combine(RepositoryRoot.Find(), "artifacts", "native", "cluster-test-producer"),
        };
        var command = new Command("one", "One message by a process of its own: wall time and memory, against the C client and pika.") { rounds, native };
        command.SetAction((parsed, cancellationToken) =>
            new OnePart(parsed.GetValue(rounds) ?? 11, Path.GetFullPath(parsed.GetRequiredValue(native)), typed).RunAsync(cancellationToken));
        return command;
    }

    private static Command Growth(string typed)
    {
        var rounds = RoundsOption(5);
        var most = OptionParsing.Number("--most", "The largest number of messages. [default: 1000000]", 10_000L, 1_000_000_000, "a number of messages");
        var command = new Command("growth", "Time and memory of the two programs as messages grow tenfold from 10,000.") { rounds, most };
        command.SetAction((parsed, cancellationToken) =>
            new GrowthPart(parsed.GetValue(rounds) ?? 5, parsed.GetValue(most) ?? 1_000_000, typed).RunAsync(cancellationToken));
        return command;
    }

    private static Command Storm(string typed)
    {
        var rounds = RoundsOption(5);
        var sessions = OptionParsing.Number("--sessions", "Sessions in all. [default: 600]", 1, 5_000, "a number of sessions");
        var processes = OptionParsing.Number("--processes", "Processes that have them, as many each. [default: 1]", 1, 500, "a number of processes");
        var native = new Option<string?>("--native") { Description = "The contenders in native code: bench-client, by dotnet publish benchmarks/BenchClient." };
        var command = new Command("storm", "Many sessions in one process, or in many, on a cluster that is started for it, of which a node stops.")
        {
            rounds,
            sessions,
            processes,
            native,
        };
        command.Validators.Add(parsed =>
        {
            if ((parsed.GetValue(sessions) ?? 600) % (parsed.GetValue(processes) ?? 1) != 0)
            {
                parsed.AddError("--sessions must be a multiple of --processes.");
            }
        });
        command.SetAction((parsed, cancellationToken) => new StormPart(
            parsed.GetValue(rounds) ?? 5,
            parsed.GetValue(sessions) ?? 600,
            parsed.GetValue(processes) ?? 1,
            parsed.GetValue(native) is { } path ? Path.GetFullPath(path) : Programs.BenchClient,
            typed).RunAsync(cancellationToken));
        return command;
    }

    private static Command Paths(string typed)
    {
        var isShort = new Option<bool>("--short") { Description = "Three iterations each: quick, and rough." };
        var command = new Command("paths", "Hot paths in process by BenchmarkDotNet: outbox, failure classification, verdict.") { isShort };
        command.SetAction((parsed, cancellationToken) => PathsPart.RunAsync(parsed.GetValue(isShort), typed, cancellationToken));
        return command;
    }

    private static Option<int?> RoundsOption(int usual) =>
        OptionParsing.Number("--rounds", $"Rounds; every contender runs once in each. [default: {usual}]", 1, 100, "a number of rounds");

    private static Command Timed(
        string name,
        string description,
        Func<int, double, CancellationToken, Task<int>> run,
        Func<int, double, CancellationToken, Task<int>>? runOtherwise = null,
        Option<bool>? isOtherwise = null)
    {
        var rounds = RoundsOption(5);
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
