using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>A lab that is up, for tests that break the lab and heal it again.</summary>
public sealed class RunningLab : IAsyncLifetime
{
    internal TestLab Lab { get; } = new();

    public async ValueTask InitializeAsync() => await Lab.Cluster.UpAsync();

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}

/// <summary>The tests that share a lab: starting a lab takes longer than most of the tests.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunningLabDefinition : ICollectionFixture<RunningLab>
{
    public const string Name = "running lab";
}
