using System.Globalization;
using ClusterTest.Testing;

namespace ClusterTest.Lab.Tests;

/// <summary>A folder that the lab gets as its state directory, with or without a lab's files in it. No lab is started in it.</summary>
internal sealed class StateDirectory : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("cluster-test-state-").FullName;

    internal string Path => System.IO.Path.Combine(_parent, "lab");

    internal string Sibling(string name) => System.IO.Path.Combine(_parent, name);

    /// <summary>Writes a file in the folder, and makes the folders on the file's path.</summary>
    internal void Write(string name, string content = "")
    {
        var file = System.IO.Path.Combine(Path, name);
        _ = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    /// <summary>Makes the folder look like the state directory of a lab that is up.</summary>
    internal void WriteLab(string engine)
    {
        Write("lab.json", $$"""{"format":1,"topology":"cluster","engine":"{{engine}}","secure":false,"directory":"{{Path}}"}""");
        foreach (var name in new[] { "lock", "up", "logs/rabbit1.log", "rabbit2.fault" })
        {
            Write(name);
        }
    }

    /// <summary>All files in the folder, as paths from the folder.</summary>
    internal string[] Files() =>
    [
        .. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Path, file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Runs the built program on the folder, with the tests' ports. <paramref name="written"/> is the name on the command line, if not null.</summary>
    internal async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string[] arguments, string? written = null, string? workingDirectory = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        string[] all = ["--state-dir", written ?? Path, "--port-base", TestLab.PortBase.ToString(CultureInfo.InvariantCulture), .. arguments];
        await using var program = workingDirectory is null
            ? ProgramUnderTest.Start("cluster-test-lab", all, environment)
            : ProgramUnderTest.Start(
                "/bin/sh",
                ["-c", """cd "$0" && exec "$@" """, workingDirectory, System.IO.Path.Combine(AppContext.BaseDirectory, "cluster-test-lab"), .. all],
                environment);
        var exitCode = await program.ExitCodeAsync(TestLab.Patience);
        return (exitCode, program.StandardOutput.ToString(), program.StandardError.ToString());
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
