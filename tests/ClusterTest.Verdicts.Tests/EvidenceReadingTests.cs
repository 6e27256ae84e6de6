using System.IO.Compression;
using System.Text;
using ClusterTest.Events;
using ClusterTest.Verdicts.Reports.Json;
using CsCheck;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>Files are judged as the events in them are, however the files were written, and whatever the fast reader makes of their lines.</summary>
public sealed class EvidenceReadingTests : IDisposable
{
    private static readonly string[] Oddities =
    [
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1,\"attempts\":1}",
        "{\"event\":\"sent\",\"seq\":1,\"run\":\"r\",\"latency_ms\":1.5,\"ts\":\"2026-01-02T03:04:05.000100Z\",\"id\":\"m\"}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1e3}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":-0.25,\"lag_ms\":0.0625}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"seq\":2,\"latency_ms\":99999999999999.5}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T05:04:05.0001+02:00\",\"run\":\"\\u0072\",\"seq\":1,\"latency_ms\":1}",
        "{ \"event\":\"sent\", \"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"x\":{\"y\":[1,\"}\"]} }",
        "{\"event\":\"sent\",\"ts\":\"0001-01-01T00:00:00.000000Z\",\"mono_us\":-5,\"run\":\"r\",\"seq\":9007199254740993,\"latency_ms\":0}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"mono_us\":null,\"content\":\"\\u4f60 \\ud83d\\ude00\",\"time\":1.5}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"run\":null,\"seq\":null,\"content\":\"a\\\"b\",\"time\":1767323045.1234567}",
        "{\"event\":\"received\",\"ts\":\"9999-12-31T23:59:59.999999Z\",\"mono_us\":9223372036854775807,\"run\":\"r\",\"seq\":-4,\"time\":-0,\"due_us\":1}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"run\":\"é\",\"seq\":1,\"time\":-1.001,\"redelivered\":true,\"damage\":\"x\"}",
        "{\"event\":\"received\",\"ts\":\"2026-02-28T03:04:05.000200Z\",\"run\":\"r\",\"seq\":0,\"time\":123456789012345678,\"damage\":null}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"mono_us\":7,\"due_us\":5,\"source\":\"consumer\",\"id\":null,\"time\":0.001}",
    ];

    private static readonly string[] Damaged =
    [
        "{\"event\":\"sent\",\"ts\":\"2026-02-30T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T24:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1}",
        "{\"event\":\"sent\",\"ts\":\"0000-00-00T00:00:00.000000Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":01,\"latency_ms\":1}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1.0,\"latency_ms\":1}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1.}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,\"attempts\":4294967296}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1}}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":1,}",
        "{\"event\":\"sent\",\"run\":\"r\",\"seq\":1,\"latency_ms\":1}",
        "{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05.000100Z\",\"run\":\"r\",\"seq\":0}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"content\":\"\\ud83d\",\"time\":1}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"content\":\"\\q\",\"time\":1}",
        "{\"event\":\"received\",\"ts\":\"2026-01-02T03:04:05.000200Z\",\"redelivered\":1}",
    ];

    private readonly EventDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_of_any_history_is_judged_as_its_events() => Gen.Select(History.Any, Gen.Int).Sample(
        static (history, seed) =>
        {
            using var directory = new EventDirectory();
            var events = Continued(Interleaved(history.Sources, new Random(seed)));
            var file = directory.WriteText("events.jsonl", Text(events));

            // The sources of a file have its name in front, which the reasons tell.
            var expected = Judge.Of([.. events.Select(written => written with { Source = $"{file}:{written.Source}" })]);

            Assert.Equal(Show(expected), Show(Judge.OfFiles([file])));
            Assert.Equal(Show(expected).Replace(file, Zip(file), StringComparison.Ordinal), Show(Judge.OfFiles([Zip(file)])));
        },
        iter: 300);

    [Fact]
    public void Thousands_of_messages_are_accounted_for_as_by_plain_sets()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var made = new MadeRuns(random);
            var files = made.Write(_directory, $"{seed}");

            var verdict = Judge.OfFiles([.. files.Select(file => random.Next(2) is 0 ? file : Zip(file))]).Verdict;

            Assert.Equal([], verdict.Gaps);
            Assert.Equal(
                (made.Confirmed, made.Received, made.Lost, made.Duplicated, made.Reordered),
                (verdict.Confirmed, verdict.Received, verdict.Lost, verdict.Duplicated, verdict.Reordered));
        }
    }

    [Fact]
    public void What_does_not_fit_into_memory_is_judged_alike() => History.Any.Sample(
        static history =>
        {
            using var directory = new EventDirectory();
            var file = new EventFile(directory.WriteText("events.jsonl", Text(history.Events)));
            using var none = new Scratch(mostInMemory: 0);
            using var all = new Scratch();

            file.Read(none);
            var stored = Lines();
            Assert.True(none.InFile > 0);
            Assert.Equal(stored, Lines());

            file.Read(all);
            Assert.Equal(0, all.InFile);
            Assert.Equal(stored, Lines());

            List<string> Lines() => [.. file.Events.Select(static entry => $"{entry.Source} {entry.At:O} {EventDirectory.Line(entry.Event)}")];
        },
        iter: 50);

    [Fact]
    public void Unusual_lines_are_read_as_the_general_reader_reads_them()
    {
        var file = new EventFile(_directory.WriteText("events.jsonl", string.Join('\n', Oddities)));
        using var scratch = new Scratch();

        file.Read(scratch);

        Assert.Equal(Oddities.Select(static line => Relevant(EventJson.Read(line))), file.Events.Select(static entry => Relevant(entry.Event)));
    }

    [Fact]
    public void Damaged_lines_are_refused()
    {
        foreach (var line in Damaged)
        {
            var file = _directory.WriteText("events.jsonl", $"{Oddities[0]}\n{line}\n{Oddities[0]}\n");
            Assert.StartsWith($"{file}, line 2 is no event.", Assert.Throws<EvidenceException>(() => Judge.OfFiles([file])).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void Files_with_a_mark_of_their_encoding_are_read(string encoding)
    {
        var file = Path.Combine(_directory.Path, "marked.jsonl");
        File.WriteAllText(file, $"{Oddities[0]}\r\n{Oddities[1]}\r\n", Encoding.GetEncoding(encoding));

        Assert.Equal(1, Judge.OfFiles([file]).Verdict.Confirmed);
    }

    [Fact]
    public void Compressed_evidence_that_is_cut_at_any_byte_proves_nothing()
    {
        var whole = File.ReadAllBytes(Zip(_directory.WriteText(
            "events.jsonl", Text(Complete([.. Programs, Sent(1), Sent(2), Received(1)])))));
        var cut = Path.Combine(_directory.Path, "cut.jsonl.gz");
        for (var length = 2; length < whole.Length - 20; length++)
        {
            File.WriteAllBytes(cut, whole[..length]);
            var verdict = Judge.OfFiles([cut]).Verdict;
            Assert.Equal((0, Outcome.Incomplete), (verdict.Lost, verdict.Outcome is Outcome.Invalid ? Outcome.Incomplete : verdict.Outcome));
        }
    }

    [Fact]
    public void Compressed_evidence_that_is_damaged_is_refused()
    {
        var file = Zip(_directory.WriteText("events.jsonl", Text(Enumerable.Range(1, 500).Select(static number => Sent(number)))));
        var bytes = File.ReadAllBytes(file);
        bytes[^6] ^= 1; // the checksum
        File.WriteAllBytes(file, bytes);

        Assert.StartsWith($"Cannot read {file} behind line ", Assert.Throws<EvidenceException>(() => Judge.OfFiles([file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compressed_files_that_were_put_together_are_read_to_the_end()
    {
        var parts = Enumerable.Range(1, 3).SelectMany(number => File.ReadAllBytes(Zip(_directory.WriteText($"{number}", Text([Sent(number)])))));
        var file = Path.Combine(_directory.Path, "all.jsonl.gz");
        File.WriteAllBytes(file, [.. parts]);

        Assert.Equal(3, Judge.OfFiles([file]).Verdict.Confirmed);
    }

    private static string Text(IEnumerable<ResultEvent> events) => string.Concat(events.Select(static written => $"{EventDirectory.Line(written)}\n"));

    private static string Zip(string file)
    {
        var zipped = $"{file}.gz";
        using var writer = new GZipStream(File.Create(zipped), CompressionLevel.Fastest);
        writer.Write(File.ReadAllBytes(file));
        return zipped;
    }

    // A program that is started again writes on into the same file.
    private static List<ResultEvent> Continued(IReadOnlyList<ResultEvent> events) =>
    [
        .. events,
        Started("producer-0", program: "producer"),
        ProducerSummary("producer-0", [], "run-again"),
    ];

    private static List<ResultEvent> Interleaved(IReadOnlyList<IReadOnlyList<ResultEvent>> sources, Random random)
    {
        var rest = sources.Select(static source => new Queue<ResultEvent>(source)).ToList();
        List<ResultEvent> events = [];
        while (rest.RemoveAll(static source => source.Count is 0) is var _ && rest.Count > 0)
        {
            events.Add(rest[random.Next(rest.Count)].Dequeue());
        }

        return events;
    }

    // What no judgement depends on is not kept, and of the time only the milliseconds.
    private static ResultEvent Relevant(ResultEvent written) => written switch
    {
        SentEvent sent => sent with { Id = "", Attempts = 0, Source = null },
        ReceivedEvent received => received with
        {
            Id = null,
            Content = "",
            Time = Math.Round(received.Time * 1_000),
            Damage = received.Damage is null ? null : "",
            Source = null,
        },
        _ => written,
    };

    private static string Show(Judgement judgement) => string.Join(
        '\n',
        ReportJson.Write(judgement.Verdict),
        $"{judgement.Timeline.Start:O} {judgement.Timeline.Step}",
        string.Join(' ', judgement.Timeline.Confirmed),
        string.Join(' ', judgement.Timeline.Received),
        string.Join(' ', judgement.ConfirmLatencies),
        string.Join(' ', judgement.Delays));
}
