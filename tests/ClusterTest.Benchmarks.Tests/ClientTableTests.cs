using ClusterTest.Benchmarks.Clients;
using ClusterTest.Events;
using ClusterTest.Lab.Faults;
using ClusterTest.Verdicts;
using Xunit;

namespace ClusterTest.Benchmarks.Tests;

public sealed class ClientTableTests
{
    private static readonly Fault Kill = new Kill();
    private static readonly Fault Freeze = new Freeze();
    private static readonly ClientContender Ours = new("ours", 1, Client: null, Missing: null);
    private static readonly ClientContender Absent = new("absent", 1, Client: null, "Node.js");
    private static readonly DrillEnvironment Machine = new("0.1.0", ".NET", "a machine", ["rabbit1 4.3.6"], "HAProxy", "localhost");

    [Fact]
    public void Shows_median_and_longest_silence_and_wait_and_adds_up_what_was_lost_and_duplicated()
    {
        var table = new ClientTable([Ours], [Kill, Freeze]);
        Assert.Null(table[Ours, Kill].Add(Of(lost: 1, duplicated: 2), Silence(1500, waited: 20)));
        Assert.Null(table[Ours, Kill].Add(Of(lost: 0, duplicated: 3), Silence(100, waited: 30)));
        Assert.Null(table[Ours, Freeze].Add(Of(lost: 0, duplicated: 0), new FaultSilence(TimeSpan.FromMilliseconds(7), null, null)));
        Assert.Contains("| ours | 800 (1,500) | 25 (30) | 1 | 5 | 7 (7) | - | 0 | 0 | 1 to 2 |", Lines(table));
    }

    [Fact]
    public void Ends_with_how_long_the_queue_itself_stood_still()
    {
        var table = new ClientTable([Ours], [Kill, Freeze]);
        Assert.EndsWith("| - | | | | - | | | | |", Queue(), StringComparison.Ordinal);
        table.Pause(Kill, TimeSpan.FromMilliseconds(40));
        table.Pause(Kill, TimeSpan.FromMilliseconds(60));
        table.Pause(Kill, null);
        Assert.EndsWith("| 50 (60) | | | | - | | | | |", Queue(), StringComparison.Ordinal);

        string Queue() => Assert.Single(Lines(table), static line => line.StartsWith("| *the queue itself", StringComparison.Ordinal));
    }

    [Fact]
    public void A_drill_without_a_known_silence_or_with_broken_evidence_does_not_count()
    {
        var table = new ClientTable([Ours], [Kill]);
        Assert.NotNull(table[Ours, Kill].Add(Of(lost: 1, duplicated: 2), new FaultSilence(null, null, null)));
        var broken = Of(lost: 1, duplicated: 2) with { Outcome = Outcome.Incomplete, Reasons = ["half of it"] };
        Assert.Equal("half of it", table[Ours, Kill].Add(broken, Silence(1, waited: 1)));
        Assert.Contains("| ours | - | - | - | - | 0 |", Lines(table));
    }

    [Fact]
    public void A_client_that_is_not_there_says_what_it_takes() =>
        Assert.Contains("| absent | not there: Node.js | | | | |", Lines(new ClientTable([Absent], [Kill])));

    [Fact]
    public void A_remark_is_one_line()
    {
        var table = new ClientTable([Ours], [Kill]);
        table.Remark("it\nended");
        Assert.Single(Lines(table), static line => line.StartsWith("- it", StringComparison.Ordinal) && line.EndsWith("ended", StringComparison.Ordinal));
    }

    private static string[] Lines(ClientTable table) => table.Write(Machine, DateTimeOffset.UnixEpoch, 200, "./bench clients").Split('\n');

    private static FaultSilence Silence(int consumer, int waited) => new(TimeSpan.FromMilliseconds(consumer), TimeSpan.FromMilliseconds(waited), null);

    private static Verdict Of(long lost, long duplicated) => Judge.Of([]).Verdict with { Outcome = Outcome.Passed, Lost = lost, Duplicated = duplicated };
}
