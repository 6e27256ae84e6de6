namespace ClusterTest.Lab.Files;

/// <summary>
/// Held for the whole of a drill, a soak or a demo: two on one cluster would each take the other's faults for their own. The kernel lets go
/// of it when its holder ends. It is none of the locks for changes: those come and go during a drill.
/// </summary>
internal static class DrillLock
{
    /// <summary>Takes that of a lab, or fails at once.</summary>
    /// <exception cref="LabException">A drill is at work, or the folder is not the lab's.</exception>
    internal static IDisposable Take(string stateDirectory)
    {
        LabFolder.Look(stateDirectory).RequireOwn();
        return Take(FileOf(stateDirectory), $"the lab in {stateDirectory}", "for a drill beside it start another lab, with a --state-dir and a --port-base of its own");
    }

    /// <summary>Takes that of anything, or fails at once.</summary>
    /// <param name="file">The file that is locked; made, with its folder, if it is missing.</param>
    /// <param name="what">What is drilled, for the message.</param>
    /// <param name="instead">What else can be done than to wait, for the message.</param>
    /// <exception cref="LabException">A drill is at work.</exception>
    internal static IDisposable Take(string file, string what, string instead)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return Open(file);
        }
        catch (IOException exception)
        {
            throw new LabException($"A drill is at work on {what}. Wait for it, or end it by Ctrl-C; {instead}.", exception);
        }
    }

    /// <summary>Whether a drill is at work on a lab.</summary>
    internal static bool IsTaken(string stateDirectory) => IsHeld(FileOf(stateDirectory));

    /// <summary>Whether a drill holds a file.</summary>
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
