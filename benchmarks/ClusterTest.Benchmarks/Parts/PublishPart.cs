using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>Confirmed publishes a second, and what each costs the client: at the null broker, or at three real nodes through HAProxy.</summary>
internal sealed class PublishPart(int rounds, double seconds, string command)
{
    private const string Columns =
        "Medians of the rounds; each ratio is the median of the rounds' ratios to the hand-tuned client. 256 bytes, persistent, mandatory, with a message id, "
        + "window 1,024, one connection. Gen-2 collections are those in the measured time.";

    public async Task<int> AtNullBrokerAsync(CancellationToken cancellationToken)
    {
        using var broker = await NullBrokerProcess.StartAsync();
        var page = new ResultPage("publish", "Confirmed publishes, at the null broker", command);
        page.Say(Columns);
        await CompareAsync(page, new ThroughputRun { Port = broker.Port, Seconds = seconds }, broker, static _ => Task.CompletedTask, cancellationToken);
        return 0;
    }

    public async Task<int> AtClusterAsync(CancellationToken cancellationToken)
    {
        await using var lab = await BenchLab.StartAsync(cancellationToken);
        var page = new ResultPage("publish-cluster", "Confirmed publishes, at three nodes through HAProxy", command);
        page.Say($"{Columns} A quorum queue, which is deleted after each contender.");
        var run = new ThroughputRun { Host = lab.Cluster.Balancer.Host, Port = lab.Cluster.Balancer.Port, Seconds = seconds };
        await CompareAsync(page, run, null, DeleteQueueAsync, cancellationToken);
        return 0;

        Task DeleteQueueAsync(ContenderProgram contender) =>
            lab.Cluster.CtlAsync(lab.Cluster.Nodes[0].Name, ["delete_queue", run.Queue], cancellationToken);
    }

    private async Task CompareAsync(
        ResultPage page, ThroughputRun run, NullBrokerProcess? broker, Func<ContenderProgram, Task> afterwards, CancellationToken cancellationToken)
    {
        var reference = Programs.Dotnet("RabbitMQ.Client, hand-tuned", "publish-hand-tuned", run);
        IReadOnlyList<ContenderProgram> contenders =
        [
            Programs.Dotnet("ClusterProducer", "publish-ours", run),
            reference,
            Programs.Dotnet("RabbitMQ.Client, tracked, batches of 512", "publish-tracked", run),
            Programs.Pika("pika, own window", "publish", run),
            Programs.Amqplib("amqplib, own window", "publish", run),
        ];
        var samples = await Rounds.RunAsync(
            contenders,
            rounds,
            async contender =>
            {
                var sample = await Throughput.MeasureAsync(contender, broker, cancellationToken);
                await afterwards(contender);
                return sample;
            },
            static sample => sample.ToString());
        page.Add($"{rounds} rounds of {seconds} s", ComparisonTable.Build(contenders, samples, reference, ThroughputColumns.For("confirmed")));
        await page.PublishAsync(cancellationToken);
    }
}
