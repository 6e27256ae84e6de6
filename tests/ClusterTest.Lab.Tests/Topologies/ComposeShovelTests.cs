using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeShovelTests
{
    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task Two_sites_lose_nothing_unless_the_Shovel_does_not_wait_and_go_down()
    {
        await using var lab = new ComposeLab();
        await ShovelContract.CheckAsync(arguments => lab.RunAsync(arguments));
        await lab.AssertNothingIsLeftAsync();
    }
}
