using System.Globalization;
using ClusterTest.Lab.Engines.Native;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using ClusterTest.Lab.Topologies;
using ClusterTest.Testing;

namespace ClusterTest.Lab.Tests;

/// <summary>A lab apart from the user's: with its own state directory and ports. Disposing removes everything of it.</summary>
internal sealed class TestLab(string name = "test-", Topology? topology = null) : IAsyncDisposable
{
    internal const int PortBase = 8670;

    /// <summary>How long a test waits for anything that a real cluster does. The limit ends a test that hangs; it measures nothing.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _directory = Path.Combine(RepositoryRoot.Find(), ".lab", $"{name}{Guid.NewGuid():N}");

    internal LabCluster Cluster => field ??= new LabCluster(Options);

    internal NativeClusterOptions Options => new()
    {
        StateDirectory = _directory,
        Topology = topology ?? TopologyList.Default,
        Ports = NativePorts.FromBase(PortBase),
    };

    /// <summary>Starts the built program on this lab.</summary>
    internal ProgramUnderTest Start(params string[] arguments) => ProgramUnderTest.Start("cluster-test-lab", ArgumentsOf(arguments));

    /// <summary>Starts the built program on this lab through another program.</summary>
    internal ProgramUnderTest StartBy(string program, string[] itsArguments, params string[] arguments) =>
        ProgramUnderTest.Start(program, [.. itsArguments, Path.Combine(AppContext.BaseDirectory, "cluster-test-lab"), .. ArgumentsOf(arguments)]);

    private string[] ArgumentsOf(string[] arguments) =>
        ["--engine", "native", "--state-dir", _directory, "--port-base", PortBase.ToString(CultureInfo.InvariantCulture), .. arguments];

    /// <summary>The running programs of a drill on this lab.</summary>
    internal IReadOnlyList<LabProcess> Programs() => [.. Cluster.FindProcesses().Where(static process => process.Role is "drill")];

    /// <summary>Runs the built program on this lab to its end.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var program = Start(arguments);
        var exitCode = await program.ExitCodeAsync(Patience);
        return (exitCode, program.StandardOutput.ToString(), program.StandardError.ToString());
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
