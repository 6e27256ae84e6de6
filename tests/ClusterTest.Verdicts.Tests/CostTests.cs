using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What judging costs as messages grow, as ratios. Alone, because it counts the memory of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class CostTests : IDisposable
{
    private const int Few = 10_000;
    private const int Many = 100_000;

    private readonly EventDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Each_of_many_messages_costs_no_more_than_each_of_few()
    {
        var (few, many) = (Write(Few), Write(Many));
        _ = AllocatedBy(few); // once, for what is made once

        Assert.InRange(AllocatedBy(many) / (double)Many / (AllocatedBy(few) / (double)Few), 0, 1.2);
    }

    [Fact]
    public void Of_a_message_on_disk_a_few_bytes_are_kept()
    {
        using var scratch = new Scratch(mostInMemory: 0);
        foreach (var file in Write(Many))
        {
            new EventFile(file).Read(scratch);
        }

        Assert.InRange(scratch.InFile / (double)Many, 4, 20);
    }

    [Fact]
    public void The_longest_silences_are_those_that_sorting_finds()
    {
        const int most = 100;
        var random = new Random(1);
        var silences = new Silences(most);
        List<Interval> expected = [];
        var at = Start.UtcDateTime;
        silences.Hear(at);
        for (var i = 0; i < 5_000; i++)
        {
            var next = at.AddMilliseconds(random.Next(1, i % 1_000 < 500 ? 5 : 50));
            silences.Hear(next);
            expected.Add(new Interval(at, next));
            if (expected.Count > most)
            {
                expected = [.. expected.OrderByDescending(static silence => silence.Length).Take(most / 2).OrderBy(static silence => silence.From)];
            }

            Assert.Equal(expected, silences.All);
            at = next;
        }
    }

    private static long AllocatedBy(string[] files)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var verdict = Judge.OfFiles(files).Verdict;
        Assert.Equal((0, Outcome.Passed), (verdict.Lost, verdict.Outcome));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private string[] Write(int messages) =>
    [
        _directory.WriteWhole(
            $"sent-{messages}.jsonl",
            [Started("producer"), .. Enumerable.Range(1, messages).Select(static number => Sent(number, number, 5))]),
        _directory.WriteWhole(
            $"received-{messages}.jsonl",
            [Started("consumer"), .. Enumerable.Range(1, messages).Select(static number => Received(number, number + 7, number))]),
    ];
}
