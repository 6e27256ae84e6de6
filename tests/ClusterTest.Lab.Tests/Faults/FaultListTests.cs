using System.Text.RegularExpressions;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;
using Xunit;

namespace ClusterTest.Lab.Tests.Faults;

public sealed partial class FaultListTests
{
    // These places use the same word as a fault, but for a command to the system, to Docker or to HAProxy.
    private static readonly Dictionary<string, string[]> OthersWords = new()
    {
        ["kill"] = ["PosixSignal.cs", "ComposeEngine.cs"],
        ["drain"] = ["BalancerStatistics.cs"],
    };

    private static string Root => RepositoryRoot.Find();

    public static TheoryData<string> Names => [.. FaultList.All.Select(static fault => fault.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Each_fault_says_what_it_is(string name)
    {
        var fault = FaultList.Find(name)!;

        Assert.Matches("^[a-z]+(-[a-z]+)*$", fault.Name);
        Assert.Matches(@"^[A-Z].*\.$", fault.Help);
        Assert.Matches("^[a-z].*[a-z]$", fault.Expectation.Replace("AMQP", "amqp", StringComparison.Ordinal));
        Assert.EndsWith(".", fault.Aftermath, StringComparison.Ordinal);
        Assert.True(fault.Suffers(NodeState.Running));
        Assert.False(fault.Suffers(NodeState.Down));
    }

    [Fact]
    public void The_states_of_a_node_decide_what_can_still_be_done_to_it()
    {
        Assert.All([NodeState.AppStopped, NodeState.Drained, NodeState.CutOff, NodeState.NotResponding], static state =>
            Assert.Equal(["kill", "freeze"], FaultList.All.Where(fault => fault.Suffers(state)).Select(static fault => fault.Name)));
        Assert.Equal(["kill"], FaultList.All.Where(static fault => fault.Suffers(NodeState.Frozen)).Select(static fault => fault.Name));
    }

    [Fact]
    public void A_drill_that_names_no_fault_leaves_out_what_is_not_meant_to_be_survived() =>
        Assert.Equal(
            [
                "balancer-kill", "split", "switch-off", "fencing-off", "wrong-name", "wrong-owner", "damage-metadata", "damage-messages", "partition",
                "hand-over",
            ],
            FaultList.Names.Except(FaultList.Default));

    [Fact]
    public void The_demo_stops_and_kills() => Assert.Equal(["stop-app", "kill"], FaultList.Demo);

    [Fact]
    public void Only_the_queue_s_fault_takes_messages_and_only_the_end_of_what_is_alone_stops_everybody()
    {
        Assert.Equal(["delete-queue"], FaultList.All.Where(static fault => fault.TakesMessages).Select(static fault => fault.Name));
        Assert.Equal(
            ["balancer-kill", "cut-link", "half-open-link", "wrong-owner", "damage-metadata"],
            FaultList.All.Where(static fault => fault.StopsEverybody).Select(static fault => fault.Name));
    }

    [Fact]
    public void What_restarts_a_part_or_breaks_none_is_over_when_it_has_taken_effect()
    {
        var lab = new LabCluster(new NativeClusterOptions { StateDirectory = Path.Combine(Path.GetTempPath(), "no-such-lab") });
        var over = FaultList.For(lab, "q").Where(static fault => fault.IsOverWhenEffective).Select(static fault => fault.Name);

        Assert.Equal(["balancer-restart", "close-connections", "delete-queue", "restart"], over.Order(StringComparer.Ordinal));
    }

    [Theory, MemberData(nameof(Names))]
    public void Nobody_but_the_fault_itself_knows_its_name(string name)
    {
        var source = Path.Combine(Root, "src", "ClusterTest.Lab");
        var files = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(static file => !BuildOutput().IsMatch(file))
            .Where(file => File.ReadAllText(file).Contains($"\"{name}\"", StringComparison.Ordinal))
            .Select(static file => Path.GetFileName(file))
            .Except(OthersWords.GetValueOrDefault(name, []));

        Assert.Equal([$"{FaultList.Find(name)!.GetType().Name}.cs"], files);
    }

    [Fact]
    public void The_page_on_how_to_add_one_shows_a_fault_that_is_compiled()
    {
        var example = File.ReadAllText(Path.Combine(Root, "tests", "ClusterTest.Lab.Tests", "Examples", "SuspendListeners.cs"));
        var page = File.ReadAllText(Path.Combine(Root, "docs", "adding-a-fault.md"));

        Assert.Contains($"```csharp\n{example}```\n", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("/(bin|obj)/")]
    private static partial Regex BuildOutput();
}
