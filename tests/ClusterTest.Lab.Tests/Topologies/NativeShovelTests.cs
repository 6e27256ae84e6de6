using System.Text.Json;
using ClusterTest.Lab.Topologies;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class NativeShovelTests
{
    private const string Queue = "cluster_test";
    private const string TwoTypes = @"is\s+quorum\s+on\s+a1\s+and\s+classic\s+on\s+b1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_sites_lose_nothing_unless_the_Shovel_does_not_wait_and_go_down()
    {
        await using var lab = new TestLab();
        await ShovelContract.CheckAsync(lab.RunAsync);
        Assert.Empty(lab.Cluster.FindProcesses());
    }

    [Fact]
    public async Task A_Shovel_that_is_told_no_type_declares_a_classic_queue_and_heal_sets_the_Shovel_but_leaves_the_queue()
    {
        await using var lab = new TestLab(topology: new Shovel());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);
        await WarrenContract.SucceedAsync(lab.RunAsync, "ctl", "a1", "clear_parameter", "shovel", Queue);
        await WarrenContract.WaitForStatusAsync(
            lab.RunAsync, @"cluster_test +a1 +b1 +- +missing +-", @"No Shovel carries\s+cluster_test\s+from\s+a1\s+to\s+b1");
        await WarrenContract.SucceedAsync(lab.RunAsync, "ctl", "b1", "delete_queue", Queue);

        await WarrenContract.SucceedAsync(lab.RunAsync, "ctl", "a1", "set_parameter", "shovel", Queue, JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["src-protocol"] = "amqp091",
            ["src-uri"] = "amqp://",
            ["src-queue"] = Queue,
            ["dest-protocol"] = "amqp091",
            ["dest-uri"] = $"amqp://guest:guest@{await lab.Cluster.FindAddressAsync("b1", Token)}",
            ["dest-queue"] = Queue,
            ["ack-mode"] = "no-ack",
        }));
        await WarrenContract.WaitForStatusAsync(lab.RunAsync, @"cluster_test +a1 +b1 +a[123] +running", TwoTypes);
        Assert.Contains("cluster_test\tclassic", (await lab.RunAsync("ctl", "b1", "list_queues", "--quiet", "name", "type")).Output, StringComparison.Ordinal);

        var healed = await lab.RunAsync("heal");
        Assert.Contains("the Shovel of cluster_test is not as the lab sets it: setting it again", healed.Output, StringComparison.Ordinal);
        await WarrenContract.WaitForStatusAsync(lab.RunAsync, @"cluster_test +a1 +b1 +a[123] +running", TwoTypes, "The link is whole: .* It has [1-9]");
        healed = await lab.RunAsync("heal");
        Assert.DoesNotContain("setting it again", healed.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?s)Whole: .*" + TwoTypes, healed.Output);
    }

    [Fact]
    public async Task A_site_of_which_no_node_runs_has_a_line_that_says_so()
    {
        await using var lab = new TestLab(topology: new Shovel());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);
        foreach (var node in new[] { "a1", "a2", "a3" })
        {
            await WarrenContract.SucceedAsync(lab.RunAsync, "fault", "kill", node);
        }

        await WarrenContract.WaitForStatusAsync(lab.RunAsync, @"cluster_test +a1 +b1 +- +unknown +-", @"No\s+node\s+of\s+site-a\s+runs");
    }
}
