using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeStandaloneTests
{
    [Theory(Skip = ComposeLab.NotAskedFor, SkipType = typeof(ComposeLab), SkipUnless = nameof(ComposeLab.IsAskedFor))]
    [InlineData]
    [InlineData("--secure")]
    public async Task One_broker_comes_up_loses_nothing_and_goes_down(params string[] up)
    {
        await using var lab = new ComposeLab();
        await StandaloneLab.CheckAsync(arguments => lab.RunAsync(arguments), up);
        await lab.AssertNothingIsLeftAsync();
    }
}
