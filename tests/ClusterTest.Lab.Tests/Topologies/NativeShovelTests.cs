using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class NativeShovelTests
{
    [Fact]
    public async Task Two_sites_lose_nothing_unless_the_Shovel_does_not_wait_and_go_down()
    {
        await using var lab = new TestLab();
        await ShovelContract.CheckAsync(lab.RunAsync);
        Assert.Empty(lab.Cluster.FindProcesses());
    }
}
