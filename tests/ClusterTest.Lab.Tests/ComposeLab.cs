using System.Globalization;
using ClusterTest.Lab.Engines.Compose;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Testing;
using Xunit;

namespace ClusterTest.Lab.Tests;

/// <summary>A lab in containers, apart from the user's: with its own state directory, project and ports. Disposing removes everything of it.</summary>
internal sealed class ComposeLab(int portBase = ComposeLab.PortBase) : IAsyncDisposable
{
    internal const string NotAskedFor = "These need Docker Compose and the images: set CLUSTER_TEST_ENGINE=compose.";
    internal const int PortBase = 9670;

    // Longer than the limits of the lab itself, which says at their end what is wrong.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly string _directory = Path.Combine(RepositoryRoot.Find(), ".lab", $"test-{Guid.NewGuid():N}");

    /// <summary>Whether the test run was asked to use containers.</summary>
    public static bool IsAskedFor => Environment.GetEnvironmentVariable("CLUSTER_TEST_ENGINE") is "compose";

    /// <summary>A new object for the lab at each call, as each command makes one: no object knows what another has seen.</summary>
    internal LabCluster Cluster => new(Options);

    internal ComposeClusterOptions Options => new()
    {
        StateDirectory = _directory,
        Ports = ComposePorts.FromBase(portBase),
    };

    /// <summary>Starts the built program on this lab, without naming the engine.</summary>
    internal ProgramUnderTest Start(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        ProgramUnderTest.Start(
            "cluster-test-lab",
            ["--state-dir", _directory, "--port-base", portBase.ToString(CultureInfo.InvariantCulture), .. arguments],
            environment);

    /// <summary>Runs the built program on this lab to its end, without naming the engine.</summary>
    internal Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string?>(), arguments);

    /// <summary>Runs the built program on this lab to its end, in another environment.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        await using var program = Start(environment, arguments);
        var exitCode = await program.ExitCodeAsync(Patience);
        return (exitCode, program.StandardOutput.ToString(), program.StandardError.ToString());
    }

    /// <summary>Fails if Docker still has a container, network, volume or image of this lab.</summary>
    internal async Task AssertNothingIsLeftAsync()
    {
        foreach (var list in new string[][] { ["ps", "--all"], ["network", "ls"], ["volume", "ls"] })
        {
            var left = await DockerCli.RunOrFailAsync(
                [.. list, "--quiet", "--filter", $"label=com.docker.compose.project={Options.Project}"], TestContext.Current.CancellationToken);
            Assert.Equal("", left);
        }

        Assert.Equal("", await DockerCli.RunOrFailAsync(
            ["image", "ls", "--quiet", "--filter", $"reference={Options.Project}-*"], TestContext.Current.CancellationToken));
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

/// <summary>A lab in containers that is up, if containers were asked for, for tests that break the lab and heal it again.</summary>
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
