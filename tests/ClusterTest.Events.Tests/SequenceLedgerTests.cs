using Xunit;

namespace ClusterTest.Events.Tests;

public sealed class SequenceLedgerTests
{
    private readonly SequenceLedger _ledger = new();

    private (long Distinct, long Duplicates, long OutOfOrder) Account => (_ledger.Distinct, _ledger.Duplicates, _ledger.OutOfOrder);

    [Fact]
    public void Counts_what_comes_once_and_in_order()
    {
        Add("a", 1, 2, 3, 4095, 4096, 4097, 1_000_000);
        Assert.Equal((7, 0, 0), Account);
    }

    [Fact]
    public void Counts_a_duplicate_however_late()
    {
        Add("a", 1, 2, 2, 10_000, 1);
        Assert.Equal((3, 2, 0), Account);
    }

    [Fact]
    public void Counts_what_comes_for_the_first_time_after_a_later_one()
    {
        Add("a", 1, 5, 3, 4, 6);
        Assert.Equal((5, 0, 2), Account);
    }

    [Fact]
    public void A_duplicate_is_not_out_of_order()
    {
        Add("a", 1, 2, 3, 2);
        Assert.Equal((3, 1, 0), Account);
    }

    [Fact]
    public void Keeps_runs_apart()
    {
        Add("a", 1, 2);
        Add("b", 1, 2);
        Add("a", 3);
        Assert.Equal((5, 0, 0), Account);
    }

    [Fact]
    public void Takes_messages_without_a_number_for_different_ones()
    {
        _ledger.Add(null, null);
        _ledger.Add(null, 1);
        _ledger.Add("a", null);
        Add("a", 0, -5, long.MinValue);
        Assert.Equal((6, 0, 0), Account);
    }

    [Fact]
    public void Bears_any_number_that_strangers_write()
    {
        Add("a", long.MaxValue, long.MaxValue, 1);
        Assert.Equal((2, 1, 1), Account);
    }

    private void Add(string run, params ReadOnlySpan<long> sequences)
    {
        foreach (var sequence in sequences)
        {
            _ledger.Add(run, sequence);
        }
    }
}
