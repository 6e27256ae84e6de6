using ClusterTest.Events;
using ClusterTest.Lab.Views;
using ClusterTest.Verdicts;
using ClusterTest.Verdicts.Tests.Reports;
using Spectre.Console;
using Xunit;

namespace ClusterTest.Lab.Tests.Views;

/// <summary>A verdict at terminals of different widths.</summary>
public sealed class VerdictViewTests
{
    private static readonly RecoveryTimes Quick = new(Ms(4), Ms(28), Ms(35));
    private static readonly RecoveryTimes Slow = new(Ms(20_004), Ms(31_028), Ms(51_035));

    private static readonly FaultAccount[] Faults =
    [
        Fault(1, "balancer-restart", null, null, Ms(123), null, Quick, Quick),
        Fault(2, "close-connections", "rabbit1", "leader,consumer,producer", Ms(51_040), Ms(50_100), Slow, new RecoveryTimes(Ms(7), null, null)),
        Fault(128, "kill", "rabbit3", "leader", Ms(4_567), Ms(4_600), null, null),
    ];

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(160)]
    public void No_line_is_wider_than_the_terminal_and_no_name_or_number_is_broken(int width)
    {
        var lines = Lines(width, Faults);

        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.Equal(
            [
                "#", "Fault", "Node", "On", .. width < 120 ? [] : new[] { "it" },
                "Outage", "Stall", "Delay", .. width < 120 ? [] : new[] { "Lost" },
                "Detect", "Reconnect", "Ready",
            ],
            Words(lines.Single(static line => line.Contains("Outage", StringComparison.Ordinal))));
        Assert.All(Faults, fault => Assert.Contains(lines, line => Words(line).Take(2).SequenceEqual([$"{fault.Id}", fault.Fault])));
        Assert.All(["51040", "50100", "20004", "31028", "51035", "never", "4567"], number => Assert.Contains(lines, line => Words(line).Contains(number)));
    }

    [Fact]
    public void In_80_columns_letters_stand_for_what_was_on_the_node_and_whose_sessions_were_lost()
    {
        var lines = Lines(80, Faults);
        var row = lines.FindIndex(static line => line.Contains("close-connections", StringComparison.Ordinal));

        Assert.Equal(["2", "close-connections", "rabbit1", "LCP", "51040", "50100", "51040", "C", "20004", "31028", "51035"], Words(lines[row]));
        Assert.Equal(["P", "7", "-", "never"], Words(lines[row + 1]));
        Assert.Contains("On: L the queue's leader, C a consumer, P a producer.", lines);
    }

    [Fact]
    public void Words_stand_where_there_is_room() => Assert.Contains(
        Lines(120, Faults),
        static line => Words(line) is
        [
            "2", "close-connections", "rabbit1", "leader", "consumer", "producer",
            "51040", "50100", "51040", "consumer", "20004", "31028", "51035",
        ]);

    [Fact]
    public void A_name_that_is_too_long_is_cut()
    {
        var lines = Lines(80, [Faults[1] with { Node = "rabbit@" + new string('x', 90) }]);

        Assert.All(lines, static line => Assert.InRange(line.TrimEnd().Length, 0, 80));
        Assert.Contains(
            lines,
            static line => Words(line) is ["2", _, _, "LCP", "51040", "50100", "51040", "C", "20004", "31028", "51035"]
                && line.Contains('…', StringComparison.Ordinal));
    }

    [Fact]
    public void A_fault_that_nobody_noticed_is_told() => Assert.Contains(
        Lines(80, [Faults[1] with { Id = 1, Fault = "pull", Node = null, Noticed = false }]),
        static line => line.Contains("Fault 1 (pull) was not noticed: no session was lost, no effect checked.", StringComparison.Ordinal));

    [Fact]
    public void Late_messages_are_told_with_the_fault_that_they_waited_through()
    {
        var lines = Lines(80, [Faults[1] with { Late = 1_204 }, Faults[2] with { Late = 0 }], verdict => verdict with { Late = 1_204, Lateness = Ms(51_040) });

        Assert.Contains(lines, static line => Words(line) is ["late", "1,204", "confirmed,", "waited", "through", ..]);
        Assert.Contains(lines, static line => Words(line) is ["lateness", "51,040", "ms", "longest", ..]);
        Assert.Contains("1,204 messages waited through fault 2 (close-connections rabbit1).", lines);
        Assert.DoesNotContain(lines, static line => line.Contains("waited through fault 128", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_no_message_was_late_nothing_is_said_of_it() =>
        Assert.DoesNotContain(Lines(80, Faults), static line => Words(line).Any(static word => word is "late" or "late." or "lateness" or "through"));

    [Fact]
    public void Where_nobody_can_tell_whether_messages_were_late_that_is_told() => Assert.Contains(
        Lines(80, Faults, static verdict => verdict with { Late = null }),
        static line => Words(line) is ["late", "?", ..]);

    [Fact]
    public void A_backlog_that_took_longer_than_a_second_is_told_with_its_fault()
    {
        var lines = Lines(
            80,
            [
                Faults[0] with { Backlog = 5, CatchUp = Ms(1_000) },
                Faults[1] with { Fault = "cut-link", Node = null, Backlog = 1_204, CatchUp = Ms(8_123) },
                Faults[2] with { Backlog = 900 },
            ]);

        Assert.Contains("Fault 2 (cut-link) left a backlog of 1,204 messages. The catch-up took 8,123 ms.", lines);
        Assert.Single(lines, static line => line.Contains("backlog", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(160)]
    public void How_the_broker_failed_over_is_told_where_a_cluster_manager_moved_or_restarted_it(int width)
    {
        var lines = Lines(
            width,
            [
                Faults[0],
                Faults[1] with { Failover = new FailoverTimes("host2", Ms(101_000), Ms(100_012), Ms(102_002), Ms(100_000), Ms(112_000)) },
                Faults[2] with { Failover = new FailoverTimes("host2", null, null, null, null, Ms(7_000)) },
            ]);
        var told = lines[(lines.IndexOf("How the broker failed over:") + 1)..];

        Assert.NotEmpty(told);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 0, width));
        Assert.Contains(
            told, static line => Words(line) is ["#", "Fault", "To", "Detection", "Decision", "Fencing", "Address", "Start", "Total"]);
        Assert.Contains(
            told, static line => Words(line) is ["2", "close-connections", "host2", "101000", "100012", "102002", "100000", "112000", "515014"]);
        Assert.Contains(told, static line => Words(line) is ["128", "kill", "host2", "-", "-", "-", "-", "7000", "7000"]);
        Assert.DoesNotContain(told, static line => line.Contains("balancer-restart", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_of_a_failover_that_are_too_long_are_cut() => Assert.All(
        Lines(100, [Faults[1] with { Fault = new string('f', 90), Failover = new FailoverTimes(new string('h', 90), Ms(1), Ms(2), Ms(3), Ms(4), Ms(5)) }]),
        static line => Assert.InRange(line.TrimEnd().Length, 0, 100));

    [Fact]
    public void Without_a_failover_nothing_is_said_of_one() =>
        Assert.DoesNotContain(Lines(80, Faults), static line => line.Contains("failed over", StringComparison.Ordinal));

    private static List<string> Lines(int width, IReadOnlyList<FaultAccount> faults, Func<Verdict, Verdict>? change = null)
    {
        change ??= static verdict => verdict;
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(written),
        });
        console.Profile.Width = width;
        VerdictView.Write(console, change(SampleReports.Verdict(20_000, faults, Ms(51_040))));
        return [.. written.ToString().Split('\n').Select(static line => line.TrimEnd('\r'))];
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static FaultAccount Fault(
        int id, string name, string? node, string? role, TimeSpan outage, TimeSpan? stall, RecoveryTimes? consumer, RecoveryTimes? producer) => new(
        id, name, node, role, SampleReports.Start, SampleReports.Start, SampleReports.Start, Failure: null, outage, stall, outage, consumer, producer);

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
