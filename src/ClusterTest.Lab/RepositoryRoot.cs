namespace ClusterTest.Lab;

/// <summary>The repository that this program was built in. It contains haproxy.cfg, and the lab keeps its state in it.</summary>
public static class RepositoryRoot
{
    private const string Mark = "haproxy.cfg";

    /// <summary>The nearest directory above the program that contains haproxy.cfg, else the current directory.</summary>
    public static string Find()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, Mark)))
            {
                return directory.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
