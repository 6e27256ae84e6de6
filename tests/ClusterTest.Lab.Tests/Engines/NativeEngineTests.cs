using ClusterTest.Lab.Engines;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Labs;
using Xunit;

namespace ClusterTest.Lab.Tests.Engines;

[RealBrokers, Collection(RunningLabDefinition.Name)]
public sealed class NativeEngineTests(RunningLab running) : EngineContract
{
    private protected override string? Obstacle => null;

    private protected override IEngine Engine => field ??= new NativeEngine(running.Lab.Options);

    private protected override LabCluster Lab => running.Lab.Cluster;
}
