using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>One message, by a process of its own: from its start to its end.</summary>
/// <param name="rounds">How often.</param>
/// <param name="native">The producer in native code.</param>
/// <param name="command">What the user typed.</param>
internal sealed class OnePart(int rounds, string native, string command)
{
    private static readonly IReadOnlyList<Column<WholeProcess>> Columns =
    [
        new("wall ms", static run => run.Wall.TotalMilliseconds, "0.0", HasRatio: true),
        new("CPU ms", static run => run.Cpu.TotalMilliseconds, "0"),
        new("peak MiB", static run => run.PeakBytes / (double)(1 << 20), "0.0", HasRatio: true),
    ];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var broker = await NullBrokerProcess.StartAsync();
        var port = Programs.Text(broker.Port);
        var reference = new ContenderProgram(
            "amqp-publish (C, no confirm)",
            ["amqp-publish", "--server=127.0.0.1", $"--port={port}", "-e", "cluster-test", "-r", "cluster-test", "-p", "-b", "Cluster Test!"])
        {
            Missing = Programs.Exists("amqp-publish") ? null : "not there: no amqp-tools on this machine",
        };
        IReadOnlyList<ContenderProgram> contenders =
        [
            new("cluster-test-producer, native", [native, "127.0.0.1", port])
            {
                Missing = Programs.Exists(native) ? null : "not there: dotnet publish -p:PublishAot=true",
            },
            new("cluster-test-producer, JIT", [Programs.Built("cluster-test-producer"), "127.0.0.1", port]),
            reference,
            Programs.OnePika(broker.Port),
        ];
        var samples = await Rounds.RunAsync(
            contenders, rounds, contender => WholeProcess.MeasureAsync(contender, "twice", cancellationToken), static run => run.ToString());

        var page = new ResultPage("one", "One message, whole process, at the null broker", command);
        page.Say("Medians of the rounds; each ratio is the median of the rounds' ratios to amqp-publish. Processor time is known in steps of 10 ms.");
        page.Add($"{rounds} rounds", ComparisonTable.Build(contenders, samples, reference, Columns));
        await page.PublishAsync(cancellationToken);
        return 0;
    }
}
