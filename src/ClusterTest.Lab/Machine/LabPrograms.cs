namespace ClusterTest.Lab.Machine;

/// <summary>Finds the programs of this repository that the lab runs. They are the same programs that users run.</summary>
internal static class LabPrograms
{
    /// <summary>The environment variable with the folder of the programs to run: native ones, for instance.</summary>
    internal const string Folder = "CLUSTER_TEST_PROGRAMS";

    /// <summary>
    /// The path of a program: beside this program, or in the folder that the environment variable names, or else in the output folder of the repository's
    /// build.
    /// </summary>
    /// <exception cref="LabException">The program is not there.</exception>
    internal static string Find(string project, string program)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, program);
        var folder = Environment.GetEnvironmentVariable(Folder) is { Length: > 0 } named ? Path.GetFullPath(named) : null;
        var built = Path.Combine(folder ?? Path.Combine(RepositoryRoot.Find(), "src", project, "bin", "Release", "net10.0"), program);
        return File.Exists(beside) ? beside
            : File.Exists(built) ? built
            : folder is not null ? throw new LabException($"{built} is not there; the variable {Folder} names that folder.")
            : throw new LabException($"{program} is not built. Run ./demo, which builds it, or: dotnet build -c Release src/{project}");
    }
}
