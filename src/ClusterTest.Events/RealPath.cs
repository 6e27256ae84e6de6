namespace ClusterTest.Events;

/// <summary>The one name of a file or folder that can be written in many ways: as the kernel resolves it, links and <c>..</c> and all.</summary>
public static class RealPath
{
    // The kernel's own limit.
    private const int MostLinks = 40;

    /// <summary>Resolves a path from the current directory. What does not exist yet is taken as it is written, below the real path of what does.</summary>
    /// <exception cref="IOException">Its links lead in a circle.</exception>
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
