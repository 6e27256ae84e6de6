namespace ClusterTest.Lab.Machine;

/// <summary>Finds the programs of this repository that the lab runs. They are the same programs that users run.</summary>
internal static class LabPrograms
{
    /// <summary>The environment variable with the folder of the consumer and the producer to run: native ones, for instance.</summary>
    internal const string Folder = "CLUSTER_TEST_PROGRAMS";

    private const string Lab = "ClusterTest.Lab";

    /// <summary>
    /// The path of a program: in the folder that the environment variable names; without it beside this program, or in the output folder of the repository's
    /// build. The lab itself is always the one that runs.
    /// </summary>
    /// <exception cref="LabException">The program is not there.</exception>
    internal static string Find(string project, string program) => Find(project, program, Environment.GetEnvironmentVariable(Folder));

    /// <inheritdoc cref="Find(string, string)"/>
    internal static string Find(string project, string program, string? folder)
    {
        if (folder is { Length: > 0 } && project != Lab)
        {
            var chosen = Path.Combine(Path.GetFullPath(folder), program);
            return File.Exists(chosen) ? chosen : throw new LabException($"{chosen} is not there; the variable {Folder} names that folder");
        }

        var built = Path.Combine(RepositoryRoot.Find(), "src", project, "bin", "Release", "net10.0", program);
        var beside = Path.Combine(AppContext.BaseDirectory, program);
        return File.Exists(beside) ? beside
            : File.Exists(built) ? built
            : throw new LabException($"{program} is not built. Run ./demo, which builds it, or: dotnet build -c Release src/{project}");
    }
}
