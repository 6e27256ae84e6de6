using ClusterTest.Events;
using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>Evidence of which a part is gone proves neither a loss nor its absence.</summary>
public sealed class CompletenessTests
{
    private static readonly IReadOnlyList<ResultEvent> Whole = Complete(
    [
        .. Programs,
        DrillStarted(),
        .. Enumerable.Range(1, 100).SelectMany(static number => new ResultEvent[] { Sent(number), Received(number) }),
        Fault(1, "injecting", 10), Fault(1, "effective", 20), Fault(1, "healed", 30),
    ]);

    [Fact]
    public void What_is_whole_is_complete() => Assert.Equal((Outcome.Passed, 0), (Judge.Of(Whole).Verdict.Outcome, Judge.Of(Whole).Verdict.Gaps.Count));

    [Fact]
    public void A_consumer_that_was_cut_off_proves_no_loss()
    {
        var verdict = Judge.Of(Whole.Where(static written => written is not (ReceivedEvent { Sequence: > 49 } or ConsumerSummaryEvent))).Verdict;

        Assert.Equal((Outcome.Incomplete, 0, 51), (verdict.Outcome, verdict.Lost, verdict.Missing));
        Assert.Empty(verdict.LostMessages);
        Assert.StartsWith("consumer: its summary is missing", Assert.Single(verdict.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_producer_whose_lines_are_gone_proves_no_success()
    {
        var verdict = Judge.Of(Whole.Where(static written => written is not SentEvent { Sequence: > 50 })).Verdict;

        Assert.Equal((Outcome.Incomplete, 50), (verdict.Outcome, verdict.WithoutOutcome));
        Assert.Equal(["producer: its summary counts 100 confirmed, and there are lines of 50."], verdict.Reasons);
    }

    [Fact]
    public void A_producer_all_of_whose_lines_are_gone_is_known_by_its_summary()
    {
        var verdict = Judge.Of(Whole.Where(static written => written is not SentEvent)).Verdict;

        Assert.Equal((100, 0), (verdict.WithoutOutcome, verdict.Unexpected));
    }

    [Theory]
    [InlineData(typeof(ProducerSummaryEvent), "producer: its summary is missing")]
    [InlineData(typeof(ConsumerSummaryEvent), "consumer: its summary is missing")]
    [InlineData(typeof(DrillEndedEvent), "lab: its summary is missing")]
    [InlineData(typeof(FaultEvent), "lab: its summary counts 3 steps of faults, and there are lines of 0.")]
    [InlineData(typeof(ReceivedEvent), "consumer: its summary counts 100 received, and there are lines of 0.")]
    public void Whatever_is_gone_is_told(Type gone, string told)
    {
        var verdict = Judge.Of(Whole.Where(written => written.GetType() != gone)).Verdict;

        Assert.Equal(Outcome.Incomplete, verdict.Outcome);
        Assert.Contains(verdict.Gaps, gap => gap.StartsWith(told, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lab")]
    [InlineData("producer")]
    [InlineData("consumer")]
    public void A_writer_whose_first_line_is_gone_is_not_whole(string source)
    {
        var verdict = Judge.Of(Whole.Where(written => !(written is StartedEvent or DrillStartedEvent && written.Source == source))).Verdict;

        Assert.Equal(Outcome.Incomplete, verdict.Outcome);
        Assert.StartsWith($"{source}: its first line is missing", Assert.Single(verdict.Gaps), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lab_whose_first_and_last_lines_are_gone_proves_no_loss_of_what_it_may_have_found()
    {
        ResultEvent[] leftBehind =
        [
            .. Complete(
            [
                .. Programs,
                DrillStarted(),
                .. Enumerable.Range(1, 6).Select(static number => Sent(number)),
                Received(1),
                .. Enumerable.Range(2, 5).Select(static number => Drained(number)),
            ]),
        ];

        var left = leftBehind.Where(static written => written is not (DrillStartedEvent or DrillEndedEvent or DrainedEvent { Sequence: > 2 }));
        var verdict = Judge.Of(left).Verdict;

        Assert.Equal((Outcome.Incomplete, 0, 4), (verdict.Outcome, verdict.Lost, verdict.Missing));
    }

    [Fact]
    public void A_drills_file_without_any_line_of_its_lab_proves_no_loss()
    {
        using var directory = new EventDirectory();
        var file = directory.WriteText("events.jsonl", Lines(Complete([.. Programs, Sent(1), Sent(2), Received(1)])));

        var verdict = Judge.OfFiles([file]).Verdict;

        Assert.Equal((Outcome.Incomplete, 0, 1), (verdict.Outcome, verdict.Lost, verdict.Missing));
        Assert.Contains($"{file}: it is a drill's, and the lines of its lab are gone.", verdict.Gaps);
    }

    [Fact]
    public void A_file_without_events_may_have_held_what_is_missing()
    {
        using var directory = new EventDirectory();
        var producer = directory.WriteWhole("p.jsonl", Started("producer"), Sent(1), Sent(2));
        var consumer = directory.WriteWhole("c1.jsonl", Started("consumer"), Received(1));
        var empty = directory.WriteText("c2.jsonl", "");

        var verdict = Judge.OfFiles([producer, consumer, empty]).Verdict;

        Assert.Equal((Outcome.Incomplete, 0), (verdict.Outcome, verdict.Lost));
        Assert.Equal([$"{empty}: it has no events: what it held is gone."], verdict.Gaps);
    }

    [Fact]
    public void A_copy_of_a_file_is_told_and_a_link_to_it_is_the_same_file()
    {
        using var directory = new EventDirectory();
        ResultEvent[] producer = [Started("producer"), Sent(1)];
        var (first, copy) = (directory.WriteWhole("p.jsonl", producer), directory.WriteWhole("copy.jsonl", producer));
        var consumer = directory.WriteWhole("c.jsonl", Started("consumer"), Received(1));
        var link = Path.Combine(directory.Path, "link.jsonl");
        _ = File.CreateSymbolicLink(link, consumer);

        Assert.Equal(Outcome.Incomplete, Judge.OfFiles([first, copy, consumer]).Verdict.Outcome);
        var verdict = Judge.OfFiles([first, consumer, link]).Verdict;
        Assert.Equal((Outcome.Passed, 1, 0), (verdict.Outcome, verdict.Consumers, verdict.Duplicated));
    }

    [Fact]
    public void Queues_that_nobody_could_empty_may_hold_what_is_missing()
    {
        var events = Whole.Append(Sent(101) with { Source = "other" });
        var verdict = Judge.Of(events.Select(static written => written is DrillEndedEvent ended ? ended with { Drained = null } : written)).Verdict;

        Assert.Equal((Outcome.Incomplete, 0, 1), (verdict.Outcome, verdict.Lost, verdict.Missing));
    }

    [Fact]
    public void Messages_that_could_not_be_read_have_no_line_and_are_counted()
    {
        Assert.Empty(GapsIn(unreadable: 2));
        Assert.Single(GapsIn(unreadable: 1));

        static IReadOnlyList<string> GapsIn(int unreadable) => Judge.Of(
        [
            .. Programs,
            Sent(1),
            Received(1),
            ConsumerSummary(3) with { Unreadable = unreadable },
            ProducerSummary("producer", [HistoryOutcome.Confirmed]),
        ]).Verdict.Gaps;
    }

    [Fact]
    public void A_program_that_was_started_again_has_a_summary_for_each_time()
    {
        ResultEvent[] twice = [Started("consumer"), Received(1), ConsumerSummary(1), Started("consumer"), Received(2), ConsumerSummary(1)];
        ResultEvent[] producer = [Started("producer"), Sent(1), Sent(2), ProducerSummary("producer", [HistoryOutcome.Confirmed, HistoryOutcome.Confirmed])];

        Assert.Equal(Outcome.Passed, Judge.Of([.. producer, .. twice]).Verdict.Outcome);
        Assert.Equal(Outcome.Incomplete, Judge.Of([.. producer, .. twice.Where(static (_, index) => index is not 2)]).Verdict.Outcome);
    }

    [Fact]
    public void A_file_that_is_cut_at_any_byte_proves_neither_a_loss_nor_a_success()
    {
        using var directory = new EventDirectory();
        var text = Lines(Whole);
        var random = new Random(10);
        for (var i = 0; i < 200; i++)
        {
            var length = random.Next(text.Length - 1); // without the last line's end it is still whole
            var verdict = Judge.OfFiles([directory.WriteText("cut.jsonl", text[..length])]).Verdict;

            Assert.True(verdict is { Lost: 0, Outcome: Outcome.Incomplete or Outcome.Invalid }, $"cut at {length}: {verdict.Outcome}, {verdict.Lost} lost");
        }
    }

    private static string Lines(IReadOnlyList<ResultEvent> events) => string.Concat(events.Select(static written => $"{EventDirectory.Line(written)}\n"));
}
