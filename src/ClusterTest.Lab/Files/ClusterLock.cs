namespace ClusterTest.Lab.Files;

/// <summary>The lock that a command holds while it changes a lab. The kernel releases the lock when its holder ends, however the holder ends.</summary>
internal static class ClusterLock
{
    // The content tells the lock file from other files of this name: any folder may have an empty file called "lock".
    private static readonly byte[] Signature = "cluster-test-lab\n"u8.ToArray();

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Takes the lock for a change of the whole lab, or fails at once.</summary>
    /// <exception cref="LabException">Another command holds the lock.</exception>
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
                $"Another lab command (up, down, heal or fault) is at work in {Path.GetDirectoryName(file)}. "
                + "Wait for that command, or end it with Ctrl-C.",
                exception);
        }
    }

    /// <summary>
    /// Takes the lock for a change of one part of the lab. Several commands may change parts at the same time; a change of the whole lab is waited for.
    /// </summary>
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

    /// <summary>Whether a file is a lock of the lab, held now or earlier.</summary>
    internal static bool IsOne(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(Signature);
        }
        catch (IOException)
        {
            return true; // a command of the lab holds it
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
