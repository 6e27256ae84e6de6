using ClusterTest.Events;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

public sealed class EventFileTests : IDisposable
{
    private static readonly string Line = EventDirectory.Line(Sent(1));

    private readonly EventDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_last_line_that_was_not_written_to_its_end_is_passed_over() =>
        Assert.Equal(1, Confirmed($"{Line}\n{Line.Replace("\"seq\":1", "\"seq\":2", StringComparison.Ordinal)[..60]}"));

    [Fact]
    public void A_last_line_that_only_lacks_its_end_counts() => Assert.Equal(1, Confirmed(Line));

    [Fact]
    public void Kinds_of_a_newer_version_are_passed_over() =>
        Assert.Equal(1, Confirmed("{\"event\":\"from-the-future\",\"ts\":\"2030-01-01T00:00:00Z\",\"x\":{}}\n" + Line));

    [Fact]
    public void Fields_of_a_newer_version_are_passed_over() => Assert.Equal(1, Confirmed($"{Line[..^1]},\"x\":[1]}}\n"));

    [Fact]
    public void Ends_of_lines_are_those_of_any_system() => Assert.Equal(1, Confirmed($"{Line}\r\n\r\n"));

    [Fact]
    public void An_empty_file_has_no_events() => Assert.Equal(0, Confirmed(""));

    [Theory]
    [InlineData("Ready for testing!\n")]
    [InlineData("\0\0\0\0")]
    [InlineData("{}\n")]
    [InlineData("{\"event\":\"sent\"}\n")]
    [InlineData("{\"event\":7}\n")]
    [InlineData("{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05Z\",\"seq\":1,\"latency_ms\":1}\n")]
    [InlineData("{\"event\":\"ready\",\"ts\":\"yesterday\"}\n")]
    [InlineData("{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05Z\",\"run\":\"r\",\"latency_ms\":1}\n")]
    [InlineData("{\"event\":\"sent\",\"ts\":\"2026-01-02T03:04:05Z\",\"run\":\"r\",\"seq\":-1,\"latency_ms\":1}\n")]
    [InlineData("{\"event\":\"unknown\",\"ts\":\"2026-01-02T03:04:05Z\",\"run\":\"r\"}\n")]
    [InlineData("{\"event\":\"from-the-future\"\n")]
    public void What_is_no_event_is_told_with_file_and_line(string garbage)
    {
        var file = _directory.WriteText("events.jsonl", $"{Line}\n{garbage}{Line}\n");

        var failure = Assert.Throws<EvidenceException>(() => Judge.OfFiles([file]));

        Assert.StartsWith($"{file}, line 2 is no event. Name files that ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_off_line_is_passed_over_at_the_end_only()
    {
        var file = _directory.WriteText("events.jsonl", $"{Line}\n{Line[..60]}\n");

        Assert.Contains("line 2", Assert.Throws<EvidenceException>(() => Judge.OfFiles([file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_drills_sources_are_told_apart_and_those_of_two_drills_as_well()
    {
        string Drill(string name, string run)
        {
            ResultEvent[] events = [Started("consumer"), Received(1, 100, run: run), Received(2, 200, run: run), Sent(1, run: run)];
            return _directory.WriteText(name, string.Concat(events.Select(static written => $"{EventDirectory.Line(written)}\n")));
        }

        var verdict = Judge.OfFiles([Drill("1.jsonl", "run-1"), Drill("2.jsonl", "run-2")]).Verdict;

        Assert.Equal((2, 2, 4), (verdict.Producers, verdict.Consumers, verdict.Received));
    }

    [Fact]
    public void Times_of_any_zone_and_far_off_are_borne()
    {
        var file = _directory.WriteText("events.jsonl", """
            {"event":"sent","ts":"2026-01-02T05:04:05+02:00","run":"r","seq":1,"latency_ms":1e300}
            {"event":"sent","ts":"0001-01-01T00:00:00Z","run":"r","seq":2,"latency_ms":-5}
            {"event":"received","ts":"9999-12-31T23:59:59Z","run":"r","seq":1,"time":-1e300}
            {"event":"received","ts":"9999-12-31T23:59:59Z","run":"r","seq":2,"time":1e300}

            """);

        Assert.Equal((2, 0), (Judge.OfFiles([file]).Verdict.Received, Judge.OfFiles([file]).Verdict.Lost));
    }

    private long Confirmed(string text) => Judge.OfFiles([_directory.WriteText("events.jsonl", text)]).Verdict.Confirmed;
}
