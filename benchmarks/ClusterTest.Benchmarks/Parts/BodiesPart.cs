using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>Large bodies, both ways.</summary>
internal sealed class BodiesPart(int rounds, double seconds, string command)
{
    // As much as our producer and consumer hold by default, in bodies: the same for all.
    private const int BytesOnTheWay = 64 * 1024 * 1024;

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var page = new ResultPage("bodies", "Large bodies, at the null broker", command);
        page.Say(
            "Medians of the rounds; each ratio is the median of the rounds' ratios to the hand-tuned client. At most 64 MiB of bodies are unconfirmed or "
            + "unacked, for all contenders. Gen-2 collections are those in the measured time.");
        foreach (var (size, name) in new[] { (100_000, "100 kB"), (10_000_000, "10 MB") })
        {
            using var broker = await NullBrokerProcess.StartAsync("--size", Programs.Text(size));
            var onTheWay = BytesOnTheWay / size;
            var run = new ThroughputRun
            {
                Port = broker.Port,
                Size = size,
                Window = Math.Min(1024, onTheWay),
                Prefetch = Math.Min(400, onTheWay),
                Seconds = seconds,
            };
            var acks = run.Prefetch >= 100 ? "consume-hand-tuned-25" : "consume-single-acks";
            await CompareAsync(page, $"{name}, published and confirmed", "publish-ours", "publish-hand-tuned", "publish");
            await CompareAsync(page, $"{name}, consumed and acked", "consume-ours", acks, "consume");

            async Task CompareAsync(ResultPage to, string heading, string ours, string handTuned, string kind)
            {
                var reference = Programs.Dotnet("RabbitMQ.Client, hand-tuned", handTuned, run);
                IReadOnlyList<ContenderProgram> contenders =
                [
                    Programs.Dotnet(kind == "publish" ? "ClusterProducer" : "ClusterConsumer", ours, run),
                    reference,
                    Programs.Pika("pika", kind, run),
                    Programs.Amqplib("amqplib", kind, run),
                ];
                var samples = await Rounds.RunAsync(
                    contenders, rounds, contender => Throughput.MeasureAsync(contender, broker, cancellationToken), static sample => sample.ToString());
                to.Add(heading, ComparisonTable.Build(contenders, samples, reference, ThroughputColumns.For("messages")));
            }
        }

        await page.PublishAsync(cancellationToken);
        return 0;
    }
}
