using ClusterTest.Lab.Faults;
using Xunit;

namespace ClusterTest.Lab.Tests.Examples;

/// <summary>The topology of docs/adding-a-topology.md is what the page says.</summary>
[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class PairTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_comes_up_breaks_heals_and_goes_down()
    {
        await using var lab = new TestLab(topology: new Pair());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);
        Assert.Equal(["rabbit1", "rabbit2"], (await lab.Cluster.GetStatusAsync(Token)).Nodes.Select(static node => node.Name));
        await lab.Cluster.RequireOneClusterAsync(Token);

        foreach (var fault in FaultList.For(lab.Cluster, "none").Where(static fault => fault.Name is "partition" or "kill"))
        {
            Assert.True(fault.StopsEverybody);
            await fault.InjectAsync("rabbit2", Token);
            Assert.False((await lab.Cluster.GetStatusAsync(Token)).IsHealthy);
            await fault.HealAsync("rabbit2", Token);
            Assert.True((await lab.Cluster.GetStatusAsync(Token)).IsHealthy);
        }

        _ = await lab.Cluster.DownAsync(Token);
        Assert.Empty(lab.Cluster.FindProcesses());
    }
}
