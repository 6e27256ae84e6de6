using ClusterTest.IntegrationTests;
using ClusterTest.Lab;
using ClusterTest.Lab.Clusters;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(ClusterFixture))]
[assembly: Parallelization(Mode = ParallelMode.None)] // one cluster, and the tests break it

namespace ClusterTest.IntegrationTests;

/// <summary>A real three-node cluster behind a real HAProxy, on ports of its own, for all tests of this assembly.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private const int BalancerPort = 7670;

    private readonly NativeCluster _cluster;

    public ClusterFixture()
    {
        var root = RepositoryRoot.Find();
        _cluster = new NativeCluster(new NativeClusterOptions
        {
            StateDirectory = Path.Combine(root, ".lab", "tests"),
            BalancerConfiguration = Path.Combine(root, "haproxy.cfg"),
            Ports = NativePorts.FromBase(BalancerPort),
        });
    }

    public ICluster Cluster => _cluster;

    public string StateDirectory => _cluster.StateDirectory;

    public string Host => Cluster.Balancer.Host;

    public int Port => Cluster.Balancer.Port;

    public async ValueTask InitializeAsync() => await _cluster.UpAsync();

    public async ValueTask DisposeAsync() => await _cluster.DownAsync();
}
