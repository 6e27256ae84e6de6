using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Labs;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class ComposeEngineTests(RunningComposeLab running) : EngineContract, IClassFixture<RunningComposeLab>
{
    private protected override string? Obstacle => ComposeLab.IsAskedFor ? null : ComposeLab.NotAskedFor;

    private protected override IEngine Engine => field ??= new ComposeEngine(running.Lab.Options);

    private protected override LabCluster Lab => running.Lab.Cluster;
}
