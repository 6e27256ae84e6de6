namespace ClusterTest.Lab.Clusters;

/// <summary>
/// Held for the whole of a drill, a soak or a demo: two on one lab would each take the other's faults for their own. The kernel lets go of it
/// when its holder ends. It is none of the locks for changes: those come and go during a drill.
/// </summary>
internal static class DrillLock
{
    /// <summary>Takes it, or fails at once.</summary>
    /// <exception cref="LabException">A drill is at work, or the folder is not the lab's.</exception>
    internal static IDisposable Take(string stateDirectory)
    {
        LabFolder.Look(stateDirectory).RequireOwn();
        _ = Directory.CreateDirectory(stateDirectory);
        try
        {
            return Open(stateDirectory);
        }
        catch (IOException exception)
        {
            throw new LabException(
                $"A drill is at work on the lab in {stateDirectory}. Wait for it, or end it by Ctrl-C; for a drill beside it start another lab, with a --state-dir and a --port-base of its own.", exception);
        }
    }

    /// <summary>Whether a drill is at work.</summary>
    internal static bool IsTaken(string stateDirectory)
    {
        if (!File.Exists(Path.Combine(stateDirectory, LabNames.DrillLock)))
        {
            return false;
        }

        try
        {
            Open(stateDirectory).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static FileStream Open(string stateDirectory) =>
        new(Path.Combine(stateDirectory, LabNames.DrillLock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
