namespace ClusterTest.Lab.Files;

/// <summary>Held while a cluster is changed. The kernel lets go of it when its holder ends, however that comes about.</summary>
internal static class ClusterLock
{
    // So that the file can be told from an empty one of the same name, which anybody may have.
    private static readonly byte[] Signature = "cluster-test-lab\n"u8.ToArray();

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes it for a change of everything, or fails at once.</summary>
    /// <exception cref="LabException">Something else has it.</exception>
    internal static IDisposable Take(string file)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        try
        {
            return Signed(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception)
        {
            throw new LabException(
                $"Another lab command is at work in {Path.GetDirectoryName(file)} (an up, a down, a heal or a fault). Wait for it, or end it by Ctrl-C.", exception);
        }
    }

    /// <summary>Takes it for a change of one part of the cluster, of which there may be several at a time; waits for a change of everything to end.</summary>
    internal static async Task<IDisposable> ShareAsync(string file, TimeProvider time, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
            }
            catch (IOException)
            {
                await Task.Delay(PollInterval, time, cancellationToken);
            }
        }
    }

    /// <summary>Whether a file is such a lock that was taken once, or is held now.</summary>
    internal static bool IsOne(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(Signature);
        }
        catch (IOException)
        {
            return true; // held, by a program of ours
        }
    }

    private static FileStream Signed(FileStream file)
    {
        if (file.Length is 0)
        {
            file.Write(Signature);
            file.Flush();
        }

        return file;
    }
}
