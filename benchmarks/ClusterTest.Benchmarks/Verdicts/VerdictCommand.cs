using System.CommandLine;

namespace ClusterTest.Benchmarks.Verdicts;

/// <summary><c>verdict</c>: what judging costs as messages grow.</summary>
internal static class VerdictCommand
{
    internal static Command Create()
    {
        var sizes = new Option<long[]>("--messages")
        {
            Description = "Numbers of messages.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = static _ => [10_000, 100_000, 1_000_000, 10_000_000],
        };
        var folder = new Option<string>("--folder")
        {
            Description = "Where to keep the evidence, about 480 bytes a message. [default: a folder for temporary files]",
            DefaultValueFactory = static _ => Path.Combine(Path.GetTempPath(), "cluster-test-verdict-benchmark"),
        };
        var compressed = new Option<bool>("--compressed") { Description = "Judge compressed files." };
        var command = new Command("verdict", "Measures what judging costs as messages grow: time, and the most memory that was resident.")
        {
            sizes,
            folder,
            compressed,
        };
        command.SetAction((parsed, cancellationToken) => new VerdictBenchmark(
            parsed.GetRequiredValue(sizes), parsed.GetRequiredValue(folder), parsed.GetValue(compressed)).RunAsync(cancellationToken));
        return command;
    }
}
