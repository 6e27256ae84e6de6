using ClusterTest.IntegrationTests;
using ClusterTest.Lab;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(ClusterFixture))]
[assembly: Parallelization(Mode = ParallelMode.None)] // one cluster, and the tests break it

namespace ClusterTest.IntegrationTests;

/// <summary>
/// A real three-node cluster behind a real HAProxy, on ports of its own, for all tests of this assembly. The variable
/// CLUSTER_TEST_ENGINE says what it runs on: this machine's packages (native, the default), or containers (compose).
/// </summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private const int BalancerPort = 7670;

    public LabCluster Cluster { get; } = Create(Environment.GetEnvironmentVariable("CLUSTER_TEST_ENGINE"));

    public string StateDirectory => Cluster.StateDirectory;

    public string Host => Cluster.Balancer.Host;

    public int Port => Cluster.Balancer.Port;

    public async ValueTask InitializeAsync() => await Cluster.UpAsync();

    public async ValueTask DisposeAsync() => await Cluster.DownAsync();

    private static LabCluster Create(string? engine)
    {
        var root = RepositoryRoot.Find();
        return engine switch
        {
            null or "" or "native" => new LabCluster(new NativeClusterOptions
            {
                StateDirectory = Path.Combine(root, ".lab", "tests"),
                Ports = NativePorts.FromBase(BalancerPort),
            }),
            "compose" => new LabCluster(new ComposeClusterOptions
            {
                StateDirectory = Path.Combine(root, ".lab", "tests-compose"),
                Ports = ComposePorts.FromBase(BalancerPort),
            }),
            _ => throw new InvalidOperationException($"CLUSTER_TEST_ENGINE is {engine}; it may be native or compose."),
        };
    }
}
