using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeWarrenTests
{
    [Fact(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    public async Task A_primary_and_a_standby_of_two_versions_lose_nothing_and_go_down()
    {
        await using var lab = new ComposeLab();
        await WarrenContract.CheckAsync(arguments => lab.RunAsync(arguments));
        await lab.AssertNothingIsLeftAsync();
    }
}
