namespace ClusterTest.Lab.Machine;

/// <summary>Finds the programs of this repository that the lab runs. They are the same programs that users run.</summary>
internal static class LabPrograms
{
    /// <summary>The path of a program: beside this program, or in the output folder of the repository's build.</summary>
    /// <exception cref="LabException">The program has not been built.</exception>
    internal static string Find(string project, string program)
    {
        var built = Path.Combine(RepositoryRoot.Find(), "src", project, "bin", "Release", "net10.0", program);
        var beside = Path.Combine(AppContext.BaseDirectory, program);
        return File.Exists(beside) ? beside
            : File.Exists(built) ? built
            : throw new LabException($"{program} is not built. Run ./demo, which builds it, or: dotnet build -c Release src/{project}");
    }
}
