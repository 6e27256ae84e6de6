namespace ClusterTest.Lab.Files;

/// <summary>Where a lab keeps its files.</summary>
internal class LabLayout(string root)
{
    internal string Root => root;

    /// <summary>Kept by <c>down</c>, for whoever wants to read what happened.</summary>
    internal string Logs => Path.Combine(root, LabNames.Logs);

    internal string LockFile => Path.Combine(root, LabNames.Lock);

    /// <summary>Exists from the end of a successful start to the beginning of its end.</summary>
    internal string UpFile => Path.Combine(root, LabNames.Up);

    /// <summary>
    /// Holds the name of a fault of a node or of the balancer from its beginning until it has taken effect, or, if nothing but a
    /// new process undoes it, until it is healed. A fault that was cut short leaves it: how far that got, or goes on, nobody knows.
    /// </summary>
    internal string FaultMarkOf(string part) => Path.Combine(root, part + LabNames.FaultSuffix);

    /// <summary>There while a secure lab is up, or starts.</summary>
    internal string Secrets => Path.Combine(root, LabNames.Secrets);

    /// <summary>What clients need to be let in; null if the lab is open to everyone on this machine.</summary>
    internal LabSecrets? FindSecrets() => Directory.Exists(Secrets) ? new LabSecrets(Secrets) : null;

    internal string LogOf(string part) => Path.Combine(Logs, $"{part}.log");

    /// <summary>Notes that a lab is there, and how it was started, before anything of it is.</summary>
    internal void Mark(LabMarker marker) => marker.Write(Path.Combine(root, LabNames.Marker));

    /// <summary>Removes what the lab has made but the logs, the locks and its mark, which then says that it is down. What others have put there stays.</summary>
    internal void RemoveData()
    {
        File.Delete(UpFile);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos().Where(static entry => LabNames.IsData(entry.Name)))
        {
            // A link is removed, and what it leads to is not.
            if (entry is DirectoryInfo { LinkTarget: null } directory)
            {
                directory.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }

        Mark(LabMarker.Down(root));
    }

    /// <summary>Makes a directory for logs without any of the lab's.</summary>
    /// <exception cref="LabException">It is a link, and what it leads to is not the lab's.</exception>
    internal void RemoveLogs()
    {
        var directory = Directory.CreateDirectory(Logs);
        if (directory.LinkTarget is not null)
        {
            throw new LabException($"{Logs} is a link, and the lab would delete older logs where it leads. Remove the link.");
        }

        foreach (var log in directory.EnumerateFiles().Where(static log => LabNames.IsLog(log.Name)))
        {
            log.Delete();
        }
    }
}
