using System.Globalization;
using ClusterTest.Testing;

namespace ClusterTest.Lab.Tests;

/// <summary>A folder that is given to the lab as its state directory, with a lab in it or not. No cluster is started in it.</summary>
internal sealed class StateDirectory : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("cluster-test-state-").FullName;

    internal string Path => System.IO.Path.Combine(_parent, "lab");

    internal string Sibling(string name) => System.IO.Path.Combine(_parent, name);

    /// <summary>Writes a file in it, and the folders on the way.</summary>
    internal void Write(string name, string content = "")
    {
        var file = System.IO.Path.Combine(Path, name);
        _ = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    /// <summary>Makes it look as a lab that is up leaves it.</summary>
    internal void WriteLab(string engine)
    {
        Write("lab.json", $$"""{"format":1,"topology":"cluster","engine":"{{engine}}","secure":false,"directory":"{{Path}}"}""");
        foreach (var name in new[] { "lock", "up", "logs/rabbit1.log", "rabbit2.fault" })
        {
            Write(name);
        }
    }

    /// <summary>All files in it, by their paths from it.</summary>
    internal string[] Files() =>
        [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Select(file => System.IO.Path.GetRelativePath(Path, file)).Order(StringComparer.Ordinal)];

    /// <summary>Runs the built program on it, written as <paramref name="written"/> if that is not null; ports are the tests'.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string[] arguments, string? written = null, string? workingDirectory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        string[] all = ["--state-dir", written ?? Path, "--port-base", TestLab.PortBase.ToString(CultureInfo.InvariantCulture), .. arguments];
        await using var program = workingDirectory is null
            ? ProgramUnderTest.Start("cluster-test-lab", all, environment)
            : ProgramUnderTest.Start("/bin/sh", ["-c", """cd "$0" && exec "$@" """, workingDirectory, System.IO.Path.Combine(AppContext.BaseDirectory, "cluster-test-lab"), .. all], environment);
        var exitCode = await program.ExitCodeAsync(TestLab.Patience);
        return (exitCode, program.StandardOutput.ToString(), program.StandardError.ToString());
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
