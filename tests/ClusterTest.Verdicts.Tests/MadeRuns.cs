using ClusterTest.Events;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>
/// A producer that was started three times, each time for a run of thousands of messages, and a consumer that was started again in between. Messages are lost,
/// come twice, and out of order. What became of them is counted by plain sets and lists.
/// </summary>
internal sealed class MadeRuns
{
    private readonly List<ResultEvent> _producer = [];
    private readonly List<ResultEvent> _consumer = [];
    private readonly List<(string Run, long Sequence)> _sent = [];
    private readonly List<(string Run, long Sequence)> _received = [];

    internal MadeRuns(Random random)
    {
        foreach (var run in (string[])[$"{new Guid(random.Next(), 1, 2, new byte[8])}", $"9f3c-{random.Next()}", "any run, of 何か"])
        {
            AddRun(random, run, first: random.Next(3) is 0 ? 1 : random.NextInt64(1, 1L << 40));
        }
    }

    internal long Confirmed => _sent.Count;

    internal long Received => _received.Distinct().Count();

    internal long Lost => _sent.Except(_received).Count();

    internal long Duplicated => _received.Count - Received;

    internal long Reordered { get; private set; }

    internal IReadOnlyList<string> Write(EventDirectory directory, string name) =>
        [directory.Write($"sent-{name}.jsonl", _producer), directory.Write($"received-{name}.jsonl", _consumer)];

    private void AddRun(Random random, string run, long first)
    {
        _producer.Add(Started("producer"));
        _consumer.Add(Started("consumer"));
        List<(double At, long Sequence)> deliveries = [];
        var count = random.Next(500, 3_000);
        for (var i = 0; i < count; i++)
        {
            _producer.Add(Sent(first + i, i, random.NextDouble() * 9, run));
            _sent.Add((run, first + i));
            for (var copies = random.Next(100) switch { 0 => 0, 1 => 2, 2 => 3, _ => 1 }; copies > 0; copies--)
            {
                deliveries.Add((i + (random.Next(20) is 0 ? random.NextDouble() * 500 : 1), first + i));
            }
        }

        var (highest, seen) = (0L, new HashSet<long>());
        foreach (var (at, sequence) in deliveries.OrderBy(static delivery => delivery.At))
        {
            _consumer.Add(Receive(random, at, sequence, run));
            _received.Add((run, sequence));
            Reordered += seen.Add(sequence) && sequence < highest ? 1 : 0;
            highest = Math.Max(highest, sequence);
        }

        _producer.Add(ProducerSummary("producer", [.. Enumerable.Repeat(HistoryOutcome.Confirmed, count)], run));
        _consumer.Add(ConsumerSummary(deliveries.Count));
    }

    private static ReceivedEvent Receive(Random random, double at, long sequence, string run) =>
        Evidence.Received(sequence, at, at - 1, random.Next(2) is 0, run) with { Content = random.Next(2) is 0 ? "x" : "\"你好\"" };
}
