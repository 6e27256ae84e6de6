using System.Text.Json.Nodes;
using ClusterTest.Events;
using ClusterTest.Verdicts.Reports.Json;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>A client with a fixed rate waits from the moment at which a message was due, and for those that were never published, too.</summary>
public sealed class OmissionTests
{
    [Fact]
    public void Half_a_minute_without_confirms_is_not_hidden_by_the_messages_that_were_never_published()
    {
        // 200 a second for 60 s; the broker is silent from 20 s to 50 s, and 1,000 messages may be unconfirmed.
        List<string> lines = [.. Programs.Select(EventDirectory.Line)];
        lines.AddRange(Enumerable.Range(0, 4_000).Select(static number => Line(Sent(number + 1, number * 5, 2))));
        lines.AddRange(Enumerable.Range(4_000, 1_000).Select(static number => Line(Sent(number + 1, number * 5, 50_000 - (number * 5)))));
        lines.Add(Line(Sent(5_001, 50_000, 2), lag: 25_000));
        lines.Add(Omitted(50_000, 4_999, first: 24_995, last: 5));
        lines.AddRange(Enumerable.Range(10_000, 2_000).Select(static number => Line(Sent(number - 4_998, number * 5, 2))));

        var (number, latency) = Judged(lines);

        Assert.Equal(12_000, number + (long)JsonNode.Parse(ReportJson.Write(VerdictOf(lines)))!["confirmed"]!);
        Assert.InRange(latency.At(99), 28_000, 30_000);
        Assert.InRange(latency.At(75), 14_000, 16_000);
    }

    [Fact]
    public void A_latency_counts_from_the_moment_at_which_the_message_was_due()
    {
        var (_, latency) = Judged([.. Programs.Select(EventDirectory.Line), Line(Sent(1, 500, 20), lag: 480)]);

        Assert.Equal(500, Math.Round(latency.At(100)));
    }

    [Fact]
    public void What_was_never_published_and_never_tells_how_much_changes_nothing() =>
        Assert.Equal(0, Judged([.. Programs.Select(EventDirectory.Line), Line(Sent(1))]).Omitted);

    [Theory]
    [InlineData(0, 5, 1)]
    [InlineData(-1, 5, 1)]
    [InlineData(5, -1, 1)]
    [InlineData(long.MaxValue, 5, 1)]
    public void Nonsense_is_no_event(long count, double first, double last) => Assert.Contains(
        "line 1 is no event", Assert.Throws<EvidenceException>(() => VerdictOf([Omitted(10, count, first, last)])).Message, StringComparison.Ordinal);

    private static (long Omitted, Curve Latency) Judged(IReadOnlyList<string> lines)
    {
        var judgement = JudgementOf(lines);
        return ((long)JsonNode.Parse(ReportJson.Write(judgement.Verdict))!["omitted"]!, new Curve(judgement.ConfirmLatencies));
    }

    private static Verdict VerdictOf(IReadOnlyList<string> lines) => JudgementOf(lines).Verdict;

    private static Judgement JudgementOf(IReadOnlyList<string> lines)
    {
        using var directory = new EventDirectory();
        return Judge.OfFiles([directory.WriteText("events.jsonl", string.Concat(lines.Select(static line => $"{line}\n")))]);
    }

    private static string Line(SentEvent sent, double? lag = null)
    {
        var line = (JsonObject)JsonNode.Parse(EventDirectory.Line(sent))!;
        if (lag is not null)
        {
            line["lag_ms"] = lag;
        }

        return line.ToJsonString();
    }

    private static string Omitted(double at, long count, double first, double last) => new JsonObject
    {
        ["event"] = "omitted",
        ["ts"] = At(at),
        ["source"] = "producer",
        ["run"] = Run,
        ["count"] = count,
        ["first_lag_ms"] = first,
        ["last_lag_ms"] = last,
    }.ToJsonString();

    private sealed class Curve(IReadOnlyList<LatencyPoint> points)
    {
        internal double At(double percentile) => points.Single(point => point.Percentile == percentile).Milliseconds;
    }
}
