using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using BenchClient.Storming;
using ClusterTest.Benchmarks.Harness;
using ClusterTest.Lab.Faults;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>
/// Many sessions in one process, on three real nodes through HAProxy, of which one is stopped: until the last session is ready, and how many are lost on the
/// way. Real nodes, since what makes a storm is that they and the balancer are overrun: a null broker never is.
/// </summary>
internal sealed class StormPart(int rounds, int sessions, string command)
{
    private sealed record Storm(StormFigures Figures, int OnNode, int PeakRate)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Figures.ReadySeconds:0.00} s, {Figures.Lost} lost, {OnNode} were on the node, {PeakRate} attempts/s");
    }

    private static readonly IReadOnlyList<Column<Storm>> Columns =
    [
        new("last ready, s", static storm => storm.Figures.ReadySeconds, "0.00", HasRatio: true),
        new("on the node", static storm => storm.OnNode, "0"),
        new("lost in all", static storm => storm.Figures.Lost, "0"),
        new("peak attempts/s", static storm => storm.PeakRate, "0"),
        new("KiB a session", static storm => storm.Figures.BytesEach / 1024, "0", HasRatio: true),
        new("peak MB", static storm => storm.Figures.PeakBytes / 1e6, "0"),
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
        var page = new ResultPage("storm", "A node stops under many sessions", command);
        page.Say($"Medians of the rounds; each ratio is the median of the rounds' ratios to RabbitMQ.Client's defaults. {sessions} sessions in one process.");
        var samples = await Rounds.RunAsync(contenders, rounds, contender => MeasureAsync(lab, contender, cancellationToken), static storm => storm.ToString());
        page.Add($"{rounds} rounds, stop_app", ComparisonTable.Build(contenders, samples, reference, Columns));
        await page.PublishAsync(cancellationToken);
        return 0;

        ContenderProgram Contender(string title, string name) => new(title, [
            Programs.BenchClient,
            "storm",
            name,
            "--host", lab.Cluster.Balancer.Host,
            "--port", Programs.Text(lab.Cluster.Balancer.Port),
            "--queue", "storm",
            "--sessions", Programs.Text(sessions),
        ]);
    }

    private static async Task<Storm> MeasureAsync(BenchLab lab, ContenderProgram contender, CancellationToken cancellationToken)
    {
        var cluster = lab.Cluster;
        using var process = Process.Start(new ProcessStartInfo(contender.Command[0], contender.Command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            await ReadAsync(process, cancellationToken); // ready
            var node = cluster.Nodes[^1].Name;
            var onNode = (await cluster.FindClientsAsync(cancellationToken)).Count(connection => connection.Node == node);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var rate = BalancerRate.FindPeakAsync(cluster.Statistics, over.Token);
            await process.StandardInput.WriteLineAsync("broken");
            await new StopApp().InjectAsync(cluster, node, cancellationToken);
            var figures = JsonSerializer.Deserialize<StormFigures>(await ReadAsync(process, cancellationToken))!;
            await over.CancelAsync();
            await process.WaitForExitAsync(cancellationToken);
            return new Storm(figures, onNode, await rate);
        }
        finally
        {
            process.Kill();
            await cluster.HealAsync(cancellationToken: CancellationToken.None);
        }
    }

    private static async Task<string> ReadAsync(Process process, CancellationToken cancellationToken) =>
        await process.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new InvalidOperationException("The sessions' process ended.");
}
