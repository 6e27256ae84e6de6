using ClusterTest.Benchmarks.Harness;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>Consumed and acked messages a second, and what each costs the client.</summary>
internal sealed class ConsumePart(int rounds, double seconds, string command)
{
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var broker = await NullBrokerProcess.StartAsync();
        var run = new ThroughputRun { Port = broker.Port, Seconds = seconds };
        var reference = Programs.Dotnet("RabbitMQ.Client, an ack for 25", "consume-hand-tuned-25", run);
        IReadOnlyList<ContenderProgram> contenders =
        [
            Programs.Dotnet("ClusterConsumer", "consume-ours", run),
            reference,
            Programs.Dotnet("RabbitMQ.Client, an ack for 100", "consume-hand-tuned-100", run),
            Programs.Dotnet("RabbitMQ.Client, an ack each", "consume-single-acks", run),
            Programs.Pika("pika, an ack for 25", "consume", run),
            Programs.Amqplib("amqplib, an ack for 25", "consume", run),
        ];
        var samples = await Rounds.RunAsync(
            contenders, rounds, contender => Throughput.MeasureAsync(contender, broker, cancellationToken), static sample => sample.ToString());

        var page = new ResultPage("consume", "Consumed and acked messages, at the null broker", command);
        page.Say(
            "Medians of the rounds; each ratio is the median of the rounds' ratios to RabbitMQ.Client with an ack for 25. 256 bytes, prefetch 400, one "
            + "connection; the handler does nothing. Gen-2 collections are those in the measured time.");
        page.Add($"{rounds} rounds of {seconds} s", ComparisonTable.Build(contenders, samples, reference, ThroughputColumns.For("acked")));
        await page.PublishAsync(cancellationToken);
        return 0;
    }
}
