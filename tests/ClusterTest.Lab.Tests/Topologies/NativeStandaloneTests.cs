using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class NativeStandaloneTests
{
    [Fact]
    public async Task One_broker_comes_up_loses_nothing_and_goes_down()
    {
        await using var lab = new TestLab();
        await StandaloneLab.CheckAsync(lab.RunAsync);
        Assert.Empty(lab.Cluster.FindProcesses());
    }

    [Fact]
    public async Task It_can_let_nobody_in_without_certificate_and_password()
    {
        await using var lab = new TestLab();
        await StandaloneLab.CheckAsync(lab.RunAsync, "--secure");
    }
}
