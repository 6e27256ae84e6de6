namespace ClusterTest.Lab.Tests;

/// <summary>A docker program with scripted answers, for Docker engines that no test machine has.</summary>
internal sealed class FakeDocker : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cluster-test-docker-").FullName;

    /// <param name="script">Lines of a shell's <c>case "$*" in</c>, for the commands that it answers. All other commands fail.</param>
    internal FakeDocker(string script)
    {
        var program = Path.Combine(_directory, "docker");
        File.WriteAllText(
            program,
            $"#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{Calls}'\n"
            + $"case \"$*\" in\n{script}\n*) echo \"no answer to: $*\" >&2; exit 1 ;;\nesac\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A Docker engine with the usual answers, and with the given answers about itself.</summary>
    internal static FakeDocker Engine(string host, string securityOptions, string operatingSystem) => new($"""
        version*) echo 28.0 ;;
        "compose version"*) echo 2.30 ;;
        "context inspect"*) echo '{host}' ;;
        info*) printf '%s\n' '"{operatingSystem}"' '{securityOptions}' '"'$(uname -r)'"' ;;
        """);

    internal static FakeDocker Unreachable() => new(
        "*) echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?' >&2; exit 1 ;;");

    internal IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?> { ["PATH"] = $"{_directory}:{System.Environment.GetEnvironmentVariable("PATH")}" };

    /// <summary>The arguments of each call.</summary>
    internal string[] Called => File.Exists(Calls) ? File.ReadAllLines(Calls) : [];

    private string Calls => Path.Combine(_directory, "calls");

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
