using System.Globalization;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>A lab in containers, apart from the user's: a state directory, a project and ports of its own. Disposing leaves nothing of it.</summary>
internal sealed class ComposeLab(int portBase = ComposeLab.PortBase) : IAsyncDisposable
{
    internal const string NotAskedFor = "These need Docker Compose and the images: set CLUSTER_TEST_ENGINE=compose.";
    internal const int PortBase = 9670;

    private readonly string _directory = Path.Combine(RepositoryRoot.Find(), ".lab", $"test-{Guid.NewGuid():N}");

    /// <summary>Whether whoever runs the tests asked for containers.</summary>
    public static bool IsAskedFor => Environment.GetEnvironmentVariable("CLUSTER_TEST_ENGINE") is "compose";

    /// <summary>The lab, as each command makes it anew: what one object knows no other does.</summary>
    internal LabCluster Cluster => new(Options);

    internal ComposeClusterOptions Options => new()
    {
        StateDirectory = _directory,
        Ports = ComposePorts.FromBase(portBase),
    };

    /// <summary>Starts the built program on this lab; the engine is not named.</summary>
    internal ProgramUnderTest Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        ProgramUnderTest.Start("cluster-test-lab", ["--state-dir", _directory, "--port-base", portBase.ToString(CultureInfo.InvariantCulture), .. arguments], environment);

    /// <summary>Runs the built program on this lab to its end; the engine is not named.</summary>
    internal Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string?>(), arguments);

    /// <summary>Runs it in another environment.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        await using var program = Start(environment, arguments);
        var exitCode = await program.ExitCodeAsync(TestLab.Patience);
        return (exitCode, program.StandardOutput.ToString(), program.StandardError.ToString());
    }

    /// <summary>Fails if Docker still has anything of this lab.</summary>
    internal async Task AssertNothingIsLeftAsync()
    {
        foreach (var list in new string[][] { ["ps", "--all"], ["network", "ls"], ["volume", "ls"] })
        {
            var left = await DockerCli.RunOrFailAsync([.. list, "--quiet", "--filter", $"label=com.docker.compose.project={Options.Project}"], TestContext.Current.CancellationToken);
            Assert.Equal("", left);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _ = await Cluster.DownAsync();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }
}

/// <summary>A lab in containers that is up, for tests that break it and heal it again; if containers were asked for.</summary>
public sealed class RunningComposeLab : IAsyncLifetime
{
    internal ComposeLab Lab { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (ComposeLab.IsAskedFor)
        {
            _ = await Lab.Cluster.UpAsync();
        }
    }

    public ValueTask DisposeAsync() => ComposeLab.IsAskedFor ? Lab.DisposeAsync() : ValueTask.CompletedTask;
}
