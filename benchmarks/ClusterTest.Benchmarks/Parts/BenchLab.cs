using ClusterTest.Lab;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;

namespace ClusterTest.Benchmarks.Parts;

/// <summary>The benchmarks' own cluster: three nodes and the balancer, apart from the user's lab.</summary>
internal sealed class BenchLab : IAsyncDisposable
{
    private BenchLab()
    {
    }

    public LabCluster Cluster { get; } = Create();

    public static LabCluster Create() => new(new NativeClusterOptions
    {
        StateDirectory = Path.Combine(RepositoryRoot.Find(), ".lab", "bench"),
        Ports = NativePorts.FromBase(6670),
    });

    public static async Task<BenchLab> StartAsync(CancellationToken cancellationToken)
    {
        var lab = new BenchLab();
        try
        {
            await lab.Cluster.UpAsync(new Progress<string>(Console.Error.WriteLine), cancellationToken);
            return lab;
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await Cluster.DownAsync(CancellationToken.None);
}
