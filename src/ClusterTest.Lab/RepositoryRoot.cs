namespace ClusterTest.Lab;

/// <summary>The repository that this program was built in: it has haproxy.cfg, and the lab's state goes there.</summary>
public static class RepositoryRoot
{
    private const string Mark = "haproxy.cfg";

    /// <summary>The nearest directory above the program with a haproxy.cfg, else the current directory.</summary>
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
