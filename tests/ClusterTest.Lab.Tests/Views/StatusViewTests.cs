using System.Text.Json;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Views;
using Spectre.Console;
using Xunit;

namespace ClusterTest.Lab.Tests.Views;

public sealed class StatusViewTests
{
    private const string Problem = "The Shovel cannot log in to primary: its user or password is wrong there.";

    private static readonly ShovelStatus Running = new("cluster_test", "standby", "primary", "standby", "running", 1234, Problem: null);
    private static readonly ShovelStatus Refused = new("[orders]", "standby", "primary", Node: null, "terminated", Backlog: null, Problem);

    [Fact]
    public void Each_Shovel_has_a_line_and_each_problem_is_said_once()
    {
        var shown = Show([Running, Refused, Refused with { Queue = "other" }]);

        Assert.Matches(@"cluster_test +standby +primary +standby +running +1,234", shown);
        Assert.Matches(@"\[orders\] +standby +primary +- +terminated +-", shown);
        _ = Assert.Single(shown.Split('\n'), static line => line == Problem);
    }

    [Fact]
    public void Without_Shovels_nothing_is_shown() => Assert.Equal("", Show([]));

    [Fact]
    public void JSON_has_them_where_the_topology_has_some()
    {
        var status = Status(0, 0);
        Assert.DoesNotContain("shovels", StatusView.ToJson(status), StringComparison.Ordinal);

        using var json = JsonDocument.Parse(StatusView.ToJson(status with { Shovels = [Refused] }));
        var shovel = Assert.Single(json.RootElement.GetProperty("shovels").EnumerateArray());
        Assert.Equal(("[orders]", Problem), (shovel.GetProperty("queue").GetString(), shovel.GetProperty("problem").GetString()));
    }

    [Theory]
    [InlineData(1, 0, false)]
    [InlineData(0, 1, false)]
    [InlineData(2, 1, true)]
    public void Both_sides_are_active_when_both_have_clients(int onPrimary, int onStandby, bool expected)
    {
        Assert.Equal(expected, Status(onPrimary, onStandby).BothActiveInWords is not null);
        Assert.Null((Status(onPrimary, onStandby) with { Standby = null }).BothActiveInWords);
    }

    [Fact]
    public void Both_sides_are_named() => Assert.StartsWith(
        "Both sides are active: the balancer has client sessions on primary and on standby, which share nothing.",
        Status(1, 1).BothActiveInWords,
        StringComparison.Ordinal);

    [Fact]
    public void A_link_that_is_not_whole_explains_that_nobody_answers_and_nothing_else()
    {
        var unanswered = Refused with { Problem = ShovelReport.NobodyAnswersAt("primary") };

        Assert.Equal("The Shovel does not reach primary: the link is cut.", unanswered.Over(Link(LinkSetting.Cut, 0)).Problem);
        Assert.Equal("The Shovel does not reach primary: the link is down.", unanswered.Over(link: null).Problem);
        Assert.Equal(unanswered, unanswered.Over(Link(LinkSetting.Whole, 0)));
        Assert.Equal(Refused, Refused.Over(Link(LinkSetting.Cut, 0)));
        Assert.Equal(Running, Running.Over(Link(LinkSetting.Slow, 1)));
    }

    [Theory]
    [InlineData(0, "It has no connection.")]
    [InlineData(1, "It has 1 connection.")]
    [InlineData(2, "It has 2 connections.")]
    public void A_link_has_so_many_connections(int connections, string expected) =>
        Assert.Equal($"The link is whole: everything is carried. {expected}", StatusView.InWords(Link(LinkSetting.Whole, connections)));

    private static LinkState Link(LinkSetting setting, int connections) => LinkFiles.ParseState(
        $"condition {setting}\nprocess 1\nconnections {connections}\nforth 0\nback 0\n")!;

    private static ClusterStatus Status(int onPrimary, int onStandby) => new(
        "warren", IsUp: true, new AmqpAddress("127.0.0.1", 5670), BalancerRuns: true, [Node("primary", onPrimary), Node("standby", onStandby)])
    {
        Standby = "standby",
    };

    private static NodeStatus Node(string name, int sessions) =>
        new(name, new AmqpAddress("127.0.0.1", 5681), NodeState.Running, "4.3.6", new BalancerServer(name, "UP", "L7OK", sessions));

    private static string Show(IReadOnlyList<ShovelStatus> shovels)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(writer),
        });
        console.Profile.Width = 120;
        foreach (var part in StatusView.ToShovels(shovels))
        {
            console.Write(part);
        }

        return writer.ToString();
    }
}
