using Xunit;
using static ClusterTest.Verdicts.Tests.Evidence;

namespace ClusterTest.Verdicts.Tests;

/// <summary>Alone, because it counts the memory of the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class MessageLedgerTests
{
    [Fact]
    public void A_message_takes_about_four_bytes()
    {
        const int messages = 4_000_000; // beside which a pool of the runtime's that is trimmed in between does not count
        var (sent, received) = (Sent(1), Received(1));
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var ledger = new MessageLedger();
        for (var sequence = 1; sequence <= messages; sequence++)
        {
            ledger.Add(sent with { Sequence = sequence });
            ledger.Add(received with { Sequence = sequence });
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)messages;
        Assert.Equal((messages, messages, 0), (ledger.Confirmed, ledger.Received, ledger.Outstanding));
        Assert.InRange(bytes, 3.5, 4.5);
    }

    [Fact]
    public void Numbers_that_strangers_write_cost_a_page_each()
    {
        var ledger = new MessageLedger();
        foreach (var sequence in new[] { 1L << 62, long.MaxValue, long.MinValue, 0, -1 })
        {
            ledger.Add(Received(sequence));
            ledger.Add(Sent(sequence));
        }

        Assert.Equal((5, 5, 0), (ledger.Confirmed, ledger.Received, ledger.Outstanding));
    }

    [Fact]
    public void More_pages_than_can_be_kept_are_told()
    {
        var ledger = new MessageLedger(mostPages: 2);
        ledger.Add(Received(1));
        ledger.Add(Received(1_000));
        ledger.Add(Received(2));

        Assert.Contains("Judge fewer files at a time", Assert.Throws<EvidenceException>(() => ledger.Add(Received(2_000))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_runs_than_can_be_kept_are_told()
    {
        var ledger = new MessageLedger();
        for (var run = 0; run < MessageLedger.MostRuns; run++)
        {
            ledger.Add(Received(1, run: $"{run}"));
        }

        Assert.Equal((0, MessageLedger.MostRuns), (ledger.Received, ledger.Unexpected));
        Assert.Contains("10000 runs", Assert.Throws<EvidenceException>(() => ledger.Add(Received(1, run: "one more"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_received_before_its_producer_spoke_counts_once_it_has()
    {
        var ledger = new MessageLedger();
        ledger.Add(Received(1));
        ledger.Add(Received(2));
        Assert.Equal((0, 2), (ledger.Received, ledger.Unexpected));

        ledger.Add(Sent(1));
        Assert.Equal((2, 0, 0), (ledger.Received, ledger.Unexpected, ledger.Outstanding));
    }

    [Fact]
    public void Counts_of_one_message_stop_at_the_greatest_that_fits()
    {
        var record = default(MessageRecord);
        for (var i = 0; i < 100_000; i++)
        {
            record.Deliver(MessageMarks.Received, redelivered: true);
        }

        Assert.Equal((65_535, 65_534, 255), (record.Deliveries, record.Duplicates, record.DuplicatesRedelivered));
    }

    [Fact]
    public void Of_very_many_silences_the_longest_are_kept()
    {
        var silences = new Silences(most: 100);
        var at = Start.UtcDateTime;
        for (var i = 0; i < 1_000; i++)
        {
            silences.Hear(at = at.AddMilliseconds(i is 400 ? 50 : 1));
        }

        Assert.InRange(silences.All.Count, 50, 100);
        Assert.Equal(50, silences.All.Max(static silence => silence.Length.TotalMilliseconds));
        Assert.Equal(silences.All.OrderBy(static silence => silence.From), silences.All);
    }
}

/// <summary>Tests that run when no others do.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
