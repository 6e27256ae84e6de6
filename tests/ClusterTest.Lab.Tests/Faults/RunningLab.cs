using Xunit;

namespace ClusterTest.Lab.Tests.Faults;

/// <summary>A lab that is up, for tests that break it and heal it again.</summary>
public sealed class RunningLab : IAsyncLifetime
{
    internal TestLab Lab { get; } = new();

    public async ValueTask InitializeAsync() => await Lab.Cluster.UpAsync();

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
