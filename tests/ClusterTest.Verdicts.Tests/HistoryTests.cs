using ClusterTest.Events;
using ClusterTest.Verdicts.Reports.Json;
using CsCheck;
using Xunit;

namespace ClusterTest.Verdicts.Tests;

/// <summary>What holds for every history. A failure names its seed; <c>CsCheck_Seed=…</c> in the environment plays it again.</summary>
public sealed class HistoryTests
{
    private const int Histories = 500;

    [Fact]
    public void All_numbers_are_those_of_a_naive_model() => History.Any.Sample(
        static history => Assert.Equal(new NaiveJudge(history).Numbers(), NaiveJudge.NumbersOf(Judge.Of(history.Events).Verdict)), iter: Histories);

    [Fact]
    public void The_interleaving_of_the_programs_does_not_matter() => Gen.Select(History.Any, Gen.Int).Sample(
        static (history, seed) => Assert.Equal(
            Show(Judge.Of(history.Events)),
            Show(Judge.Of(Interleaved(history.Sources, new Random(seed))))),
        iter: Histories);

    [Fact]
    public void The_order_of_the_files_does_not_matter() => Gen.Select(History.Any, Gen.Int).Sample(
        static (history, seed) =>
        {
            using var directory = new EventDirectory();
            var files = history.Sources.Select((source, index) => directory.Write($"{index}.jsonl", source)).ToArray();
            var expected = Show(Judge.OfFiles(files));
            new Random(seed).Shuffle(files);
            Assert.Equal(expected, Show(Judge.OfFiles(files)));
            Assert.Equal(expected, Show(Judge.OfFiles([.. files, files[0]])));
        },
        iter: 100);

    [Fact]
    public void A_delivery_that_is_repeated_raises_only_the_duplicates() => Gen.Select(History.Any, Gen.Int[0, 100]).Sample(
        static (history, pick) =>
        {
            var events = history.Events.ToList();
            var receipts = events.OfType<ReceivedEvent>().Where(received => events.OfType<SentEvent>().Any(sent => sent.Run == received.Run)).ToList();
            if (receipts.Count is 0)
            {
                return;
            }

            var before = Judge.Of(history.Events).Verdict;
            var receipt = receipts[pick % receipts.Count];
            events.Insert(events.IndexOf(receipt), receipt with { Redelivered = false });
            var summary = events.OfType<ConsumerSummaryEvent>().Single(summary => summary.Source == receipt.Source);
            events[events.IndexOf(summary)] = summary with { Received = summary.Received + 1 };
            var after = Judge.Of(events).Verdict;
            Assert.Equal(before.Duplicated + 1, after.Duplicated);
            Assert.InRange(after.DuplicatedRedelivered - before.DuplicatedRedelivered, 0, 1);
            Assert.Equal(
                ReportJson.Write(before),
                ReportJson.Write(after with { Duplicated = before.Duplicated, DuplicatedRedelivered = before.DuplicatedRedelivered }));
        },
        iter: Histories);

    [Fact]
    public void A_receipt_that_is_removed_raises_only_the_lost() => Gen.Select(History.Any, Gen.Int[0, 100]).Sample(
        static (history, pick) =>
        {
            var messages = history.Messages
                .Where(static message => message is { Outcome: HistoryOutcome.Confirmed, Deliveries.Count: 1, Drained: false, Parked: false })
                .ToList();
            if (messages.Count is 0)
            {
                return;
            }

            var before = Judge.Of(history.Events).Verdict;
            var removed = messages[pick % messages.Count];
            List<HistoryMessage> remaining = [.. history.Messages.Select(message => message == removed ? message with { Deliveries = [] } : message)];
            var after = Judge.Of((history with { Messages = remaining }).Events).Verdict;
            Assert.Equal(before.Received - 1, after.Received);
            Assert.Equal(before.Lost + before.Discarded + 1, after.Lost + after.Discarded);
            Assert.Equal(
                (before.Confirmed, before.Duplicated, before.LeftBehind, before.Unexpected, before.Unknown, before.Recovered, before.Parked, before.Stall),
                (after.Confirmed, after.Duplicated, after.LeftBehind, after.Unexpected, after.Unknown, after.Recovered, after.Parked, after.Stall));
        },
        iter: Histories);

    [Fact]
    public void The_timeline_counts_every_confirm_and_every_message_received() => History.Any.Sample(
        static history =>
        {
            var (verdict, timeline, latencies, _) = Judge.Of(history.Events);
            Assert.Equal((verdict.Confirmed, verdict.Received), (timeline.Confirmed.Sum(), timeline.Received.Sum()));
            Assert.Equal(timeline.Confirmed.Count, timeline.Received.Count);
            Assert.Equal(verdict.Confirmed + verdict.Omitted is 0, latencies.Count is 0);
        },
        iter: Histories);

    [Fact]
    public void A_ledger_that_is_asked_in_between_agrees_with_the_events_so_far() => Gen.Select(History.Any, Gen.Int).Sample(
        static (history, seed) =>
        {
            var ledger = new MessageLedger();
            var (sent, received) = (new HashSet<(string, long)>(), new HashSet<(string, long)>());
            foreach (var written in Interleaved(history.Sources, new Random(seed)))
            {
                ledger.Add(written);
                _ = written switch
                {
                    SentEvent confirmed => sent.Add((confirmed.Run, confirmed.Sequence)),
                    ReceivedEvent { Run: { } run, Sequence: { } sequence } => received.Add((run, sequence)),
                    ParkedEvent { Run: { } run, Sequence: { } sequence } => received.Add((run, sequence)),
                    _ => false,
                };
                Assert.Equal((sent.Count, sent.Except(received).Count()), (ledger.Confirmed, ledger.Outstanding));
            }
        },
        iter: Histories);

    [Fact]
    public void Evidence_that_is_cut_at_any_byte_proves_neither_a_loss_nor_a_success() => Gen.Select(History.Any, Gen.Int).Sample(
        static (history, seed) =>
        {
            using var directory = new EventDirectory();
            var random = new Random(seed);
            var text = string.Concat(Interleaved(history.Sources, random).Select(static written => $"{EventDirectory.Line(written)}\n"));
            var file = directory.WriteText("events.jsonl", text[..random.Next(text.Length - 1)]); // the end of the last line is all that may go
            var verdict = Judge.OfFiles([file]).Verdict;
            Assert.Equal(0, verdict.Lost);
            Assert.All(verdict.Faults, static fault => Assert.Equal((null, null), (fault.Backlog, fault.CatchUp)));
            Assert.True(verdict.Outcome is Outcome.Incomplete or Outcome.Invalid, $"{verdict.Outcome}: {string.Join(' ', verdict.Reasons)}");
        },
        iter: 200);

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

    private static string Show(Judgement judgement) => string.Join(
        '\n',
        ReportJson.Write(judgement.Verdict),
        $"{judgement.Timeline.Start:O} {judgement.Timeline.Step}",
        string.Join(' ', judgement.Timeline.Confirmed),
        string.Join(' ', judgement.Timeline.Received),
        string.Join(' ', judgement.ConfirmLatencies),
        string.Join(' ', judgement.Delays));
}
