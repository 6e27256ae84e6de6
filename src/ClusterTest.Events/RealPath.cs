namespace ClusterTest.Events;

/// <summary>Resolves a path as the kernel does, with all symbolic links and <c>..</c>, so that a file or folder has one name only.</summary>
public static class RealPath
{
    // The kernel has the same limit.
    private const int MostLinks = 40;

    /// <summary>
    /// Resolves a path from the current directory. Names of files or folders that do not exist yet stay as they are, below the real path of the existing
    /// folder.
    /// </summary>
    /// <exception cref="IOException">The path's symbolic links lead in a circle.</exception>
    public static string Of(string path)
    {
        var open = new Stack<string>();
        Push(open, Path.Combine(Directory.GetCurrentDirectory(), path));
        var real = "/";
        for (var links = 0; open.TryPop(out var name);)
        {
            if (name is "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            var next = Path.Combine(real, name);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"{path} cannot be resolved: its symbolic links lead in a circle.");
            }

            Push(open, target);
            real = Path.IsPathRooted(target) ? "/" : real;
        }

        return real;
    }

    private static void Push(Stack<string> open, string path)
    {
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static name => name is not ".").Reverse())
        {
            open.Push(name);
        }
    }
}
