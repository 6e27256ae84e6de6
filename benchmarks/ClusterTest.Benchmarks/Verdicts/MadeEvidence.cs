using System.IO.Compression;
using ClusterTest.Events;

namespace ClusterTest.Benchmarks.Verdicts;

/// <summary>
/// What a producer and a consumer would have written of a run, with a fault in its middle: some messages come twice, some late and out of order, and one
/// in a million is lost. The same number of messages gives the same lines.
/// </summary>
internal static class MadeEvidence
{
    private const string Clock = "9d3a9b1c-6f1e-4c61-9a53-2a3f5a0c7e11";
    private const long MicrosecondsApart = 50; // 20,000 messages a second
    private const int MostInFlight = 900;

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Writes the files of a run, unless they are there.</summary>
    /// <param name="folder">The folder to write them to.</param>
    /// <param name="messages">The number of messages.</param>
    /// <param name="compressed">Whether the files are compressed.</param>
    /// <returns>The paths of the producer's and of the consumer's file.</returns>
    internal static IReadOnlyList<string> Write(string folder, long messages, bool compressed)
    {
        var end = compressed ? "jsonl.gz" : "jsonl";
        string[] files = [Path.Combine(folder, $"sent-{messages}.{end}"), Path.Combine(folder, $"received-{messages}.{end}")];
        if (!File.Exists(files[0]) || !File.Exists(files[1]))
        {
            _ = Directory.CreateDirectory(folder);
            Write(files[0], Producer(messages));
            Write(files[1], Consumer(messages));
        }

        return files;
    }

    private static void Write(string file, IEnumerable<ResultEvent> events)
    {
        using Stream stream = File.Create(file);
        using var writer = new StreamWriter(file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionLevel.Fastest) : stream);
        foreach (var written in events)
        {
            writer.Write(EventJson.Write(written));
            writer.Write('\n');
        }
    }

    private static IEnumerable<ResultEvent> Producer(long messages)
    {
        var random = new Random(1);
        var ids = new Random(7);
        yield return At(new StartedEvent("cluster-test-producer", "1.0", Clock, 1, "cluster_test", "quorum") { Timestamp = Start }, 0);
        for (var number = 1L; number <= messages; number++)
        {
            var latency = random.Next(800, 1_200);
            var sent = new SentEvent(Id(ids, number), RunId, number, TimeSpan.FromMicroseconds(latency), 1) { Timestamp = Start };
            yield return At(sent, (number * MicrosecondsApart) + latency);
        }

        yield return At(
            new ProducerSummaryEvent(RunId, messages, 0, 0, 0, 0, 0, 1, 1, null) { Timestamp = Start }, (messages * MicrosecondsApart) + 2_000_000);
    }

    private static IEnumerable<ResultEvent> Consumer(long messages)
    {
        var random = new Random(2);
        var ids = new Random(7);
        var held = new Queue<ResultEvent>();
        yield return At(new StartedEvent("cluster-test-consumer", "1.0", Clock, 1, "cluster_test", "quorum") { Timestamp = Start }, 0);
        var (count, last) = (0L, 0L);
        for (var number = 1L; number <= messages; number++)
        {
            var due = number * MicrosecondsApart;
            last = Math.Max(last + 1, due + random.Next(1_000, 2_000) + (number == messages / 2 ? 1_500_000 : 0));
            var received = new ReceivedEvent(
                Id(ids, number), RunId, number, TestMessage.DefaultContent, (Start.ToUnixTimeMilliseconds() + (due / 1_000)) / 1_000d, false, 0)
            {
                Timestamp = Start,
                DueMicroseconds = 1_000_000_000 + due,
            };
            if (number % 1_000_000 is 999_999)
            {
                continue;
            }

            if (number % 10_000 is 0)
            {
                held.Enqueue(received); // comes out of order, and every other of these twice
            }
            else
            {
                count++;
                yield return At(received, last);
            }

            if (number % 10_000 is MostInFlight && held.TryDequeue(out var late))
            {
                count++;
                yield return At(late, last);
                if (number / 10_000 % 2 is 0)
                {
                    count++;
                    yield return At((ReceivedEvent)late with { Redelivered = true }, last);
                }
            }
        }

        yield return At(new ConsumerSummaryEvent(count, count, 0, 0, 0, 0, 0, 0, TimeSpan.Zero) { Timestamp = Start }, last + 1_000_000);
    }

    private const string RunId = "019ac1d2-5e0b-7a43-9c0f-5b7d3e8a6f20";

    // As a UUID of version 7: the time, and random digits.
    private static string Id(Random random, long number)
    {
        Span<byte> digits = stackalloc byte[16];
        random.NextBytes(digits);
        var time = 0x019a_c1d2_5e0bL + (number * MicrosecondsApart / 1_000);
        for (var i = 0; i < 6; i++)
        {
            digits[i] = (byte)(time >> (8 * (5 - i)));
        }

        return new Guid(digits, bigEndian: true).ToString();
    }

    private static ResultEvent At(ResultEvent written, long microseconds) => written with
    {
        Timestamp = Start.AddMicroseconds(microseconds),
        MonotonicMicroseconds = 1_000_000_000 + microseconds,
    };
}
