using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>A lab that is up, for tests that break it and heal it again.</summary>
public sealed class RunningLab : IAsyncLifetime
{
    internal TestLab Lab { get; } = new();

    public async ValueTask InitializeAsync() => await Lab.Cluster.UpAsync();

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}

/// <summary>The tests that share it: starting one takes longer than most of them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RunningLabDefinition : ICollectionFixture<RunningLab>
{
    public const string Name = "running lab";
}
