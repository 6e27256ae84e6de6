using BenchmarkDotNet.Attributes;
using ClusterTest.Events;
using ClusterTest.Verdicts;

namespace ClusterTest.Benchmarks.Paths;

/// <summary>The verdict on a run in which every message was confirmed and received, from events in memory and from their file.</summary>
[MemoryDiagnoser]
public class VerdictPath
{
    private const string Run = "0195a0b1-0000-7000-8000-000000000000";

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly string _file = Path.GetTempFileName();
    private List<ResultEvent> _evidence = [];

    [Params(10_000, 100_000)]
    public int Messages { get; set; }

    [GlobalSetup]
    public void Record()
    {
        _evidence = [Started("producer"), Started("consumer")];
        for (var sequence = 1; sequence <= Messages; sequence++)
        {
            var at = Start.AddMicroseconds(100 * sequence);
            var id = $"0195a0b1-0000-7000-8000-{sequence:D12}";
            _evidence.Add(new SentEvent(id, Run, sequence, TimeSpan.FromMilliseconds(1), 1) { Timestamp = at, Source = "producer" });
            var time = Start.ToUnixTimeSeconds();
            _evidence.Add(new ReceivedEvent(id, Run, sequence, "Cluster Test!", time, false, 0) { Timestamp = at.AddMilliseconds(1), Source = "consumer" });
        }

        var end = Start.AddHours(1);
        _evidence.Add(new ProducerSummaryEvent(Run, Messages, 0, 0, 0, 0, 0, 1, 1, null) { Timestamp = end, Source = "producer" });
        _evidence.Add(new ConsumerSummaryEvent(Messages, Messages, 0, 0, 0, 0, 0, 0, TimeSpan.Zero) { Timestamp = end, Source = "consumer" });
        File.WriteAllLines(_file, _evidence.Select(EventJson.Write));
    }

    [GlobalCleanup]
    public void Remove() => File.Delete(_file);

    [Benchmark]
    public long OfMemory() => Passed(Judge.Of(_evidence));

    [Benchmark]
    public long OfFile() => Passed(Judge.OfFiles([_file]));

    // A benchmark of another verdict than the one that is meant would mean nothing.
    private long Passed(Judgement judgement) => judgement.Verdict is { Lost: 0, Confirmed: var confirmed } && confirmed == Messages
        ? confirmed
        : throw new InvalidOperationException($"{judgement.Verdict.Outcome}: {judgement.Verdict.Confirmed} confirmed");

    private static StartedEvent Started(string source) =>
        new($"cluster-test-{source}", "1.0", "clock", 1, "q", "quorum") { Timestamp = Start, Source = source };
}
