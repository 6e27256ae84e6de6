namespace ClusterTest.Lab.Clusters;

/// <summary>Held while a command changes a cluster. The kernel lets go of it when its holder ends, however that comes about.</summary>
internal static class ClusterLock
{
    /// <summary>Takes it, or fails at once.</summary>
    /// <exception cref="LabException">Another command has it.</exception>
    internal static IDisposable Take(string file)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new LabException(
                $"Another lab command is at work in {Path.GetDirectoryName(file)} (an up, a down or a heal). Wait for it, or end it by Ctrl-C.", exception);
        }
    }
}
