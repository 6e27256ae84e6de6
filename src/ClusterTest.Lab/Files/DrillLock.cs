namespace ClusterTest.Lab.Files;

/// <summary>
/// The lock that a drill, a soak or a demo holds from beginning to end: two drills on one cluster would take each other's faults for their own. The kernel
/// releases the lock when its holder ends. <see cref="ClusterLock"/> is another lock: a drill takes and releases it for each change.
/// </summary>
internal static class DrillLock
{
    /// <summary>Takes the drill lock of a lab, or fails at once.</summary>
    /// <exception cref="LabException">A drill is running, or the folder is not the lab's.</exception>
    internal static IDisposable Take(string stateDirectory)
    {
        LabFolder.Look(stateDirectory).RequireOwn();
        return Take(
            FileOf(stateDirectory),
            $"the lab in {stateDirectory}",
            "to run two drills at the same time, start another lab with another --state-dir and another --port-base");
    }

    /// <summary>Takes a drill lock, or fails at once.</summary>
    /// <param name="file">The lock file. It is made, with its folder, if it is missing.</param>
    /// <param name="what">The cluster of the drill, for the message.</param>
    /// <param name="instead">What the user can do instead of waiting, or why the user must wait, for the message.</param>
    /// <exception cref="LabException">A drill is running.</exception>
    internal static IDisposable Take(string file, string what, string instead)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return Open(file);
        }
        catch (IOException exception)
        {
            throw new LabException($"A drill is running on {what}. Wait for that drill, or end it with Ctrl-C; {instead}.", exception);
        }
    }

    /// <summary>Whether a drill is running on a lab.</summary>
    internal static bool IsTaken(string stateDirectory) => IsHeld(FileOf(stateDirectory));

    /// <summary>Whether a drill holds a lock file.</summary>
    internal static bool IsHeld(string file)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        try
        {
            Open(file).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string FileOf(string stateDirectory) => Path.Combine(stateDirectory, LabNames.DrillLock);

    private static FileStream Open(string file) => new(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
