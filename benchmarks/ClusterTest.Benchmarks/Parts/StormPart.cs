using ClusterTest.Benchmarks.Harness;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>
/// Many sessions in one process or in many, on three real nodes through HAProxy, of which one is stopped: until the last session is ready, and how many are
/// lost on the way. Real nodes, since what makes a storm is that they and the balancer are overrun: a null broker never is.
/// </summary>
internal sealed class StormPart(int rounds, int sessions, int processes, string program, string command)
{
    private const string Queue = "storm";

    // More at once, and the machine is overrun before the storm.
    private const int StartsAtOnce = 4;

    private static readonly IReadOnlyList<Column<Storm>> Columns =
    [
        new("last ready, s", static storm => storm.ReadySeconds, "0.00", HasRatio: true),
        new("on the node", static storm => storm.OnNode, "0"),
        new("lost in all", static storm => storm.Lost, "0"),
        new("peak attempts/s", static storm => storm.PeakRate, "0"),
        new("KiB for a session", static storm => storm.BytesMoreEach / 1024, "0", HasRatio: true),
        new("KiB in all / sessions", static storm => storm.BytesInAllEach / 1024, "0", HasRatio: true),
        new("peak MB", static storm => storm.PeakBytes / 1e6, "0"),
    ];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var lab = await BenchLab.StartAsync(cancellationToken);
        var reference = Contender("RabbitMQ.Client, own recovery, defaults", "recovery");
        IReadOnlyList<ContenderProgram> contenders =
        [
            Contender("ClusterConsumer", "ours"),
            reference,
            Contender("RabbitMQ.Client, own recovery, 100 ms", "recovery-100"),
        ];
        var isNative = program != Programs.BenchClient;
        var page = new ResultPage(
            (processes == 1 ? "storm" : $"storm-{processes}") + (isNative ? "-native" : ""), "A node stops under many sessions", command);
        page.Say(
            $"Medians of the rounds; each ratio is the median of the rounds' ratios to RabbitMQ.Client's defaults. {sessions} sessions in "
            + (processes == 1 ? "one process. " : $"{processes} processes with {sessions / processes} each. ")
            + (isNative ? "All contenders are native code. " : "All contenders are compiled as they run. ")
            + "The time counts from the first loss of a session; the node that stops does not lead the queue. Attempts are connections that HAProxy was asked "
            + "for in a second. The memory for a session is by how much a process grew for each; that in all, with the runtime, is the sum of the processes' "
            + "shares (PSS) while all sessions were open, divided by the sessions. The peak is the sum of the processes' peaks, with what they share in each.");
        var samples = await Rounds.RunAsync(contenders, rounds, contender => MeasureAsync(lab, contender, cancellationToken), static storm => storm.ToString());
        page.Add($"{rounds} rounds, stop_app", ComparisonTable.Build(contenders, samples, reference, Columns));
        await page.PublishAsync(cancellationToken);
        return 0;

        ContenderProgram Contender(string title, string name) => new(title, [
            program,
            "storm",
            name,
            "--port", Programs.Text(lab.Cluster.Balancer.Port),
            "--queue", Queue,
            "--sessions", Programs.Text(sessions / processes),
        ]);
    }

    private async Task<Storm> MeasureAsync(BenchLab lab, ContenderProgram contender, CancellationToken cancellationToken)
    {
        var cluster = lab.Cluster;
        var started = await StormProcess.StartAsync(contender, processes, StartsAtOnce, cancellationToken);
        try
        {
            var leader = await cluster.FindLeaderAsync(Queue, cancellationToken) ?? throw new InvalidOperationException("The queue has no leader.");
            var node = cluster.Nodes.Last(node => node.Name != leader).Name; // an election is the brokers' affair
            var onNode = (await cluster.FindClientsAsync(cancellationToken)).Count(connection => connection.Node == node);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var rate = BalancerRate.FindPeakAsync(cluster.Statistics, over.Token);
            var storm = await Storm.MeasureAsync(
                started, sessions, () => new StopApp().InjectAsync(cluster, node, cancellationToken), cancellationToken);
            await over.CancelAsync();
            return storm with { OnNode = onNode, PeakRate = await rate };
        }
        finally
        {
            foreach (var process in started)
            {
                process.Dispose();
            }

            await cluster.HealAsync(cancellationToken: CancellationToken.None);
        }
    }
}
