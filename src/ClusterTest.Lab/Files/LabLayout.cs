namespace ClusterTest.Lab.Files;

/// <summary>The paths of a lab's files.</summary>
internal class LabLayout(string root)
{
    internal string Root => root;

    /// <summary>The folder of the logs. <c>down</c> keeps it, so that the user can read what happened.</summary>
    internal string Logs => Path.Combine(root, LabNames.Logs);

    internal string LockFile => Path.Combine(root, LabNames.Lock);

    /// <summary>A file that exists from the end of a successful start until <c>down</c> begins.</summary>
    internal string UpFile => Path.Combine(root, LabNames.Up);

    /// <summary>
    /// A part's mark: a file with the name of a fault. It exists from the beginning of the fault until the fault has taken effect, or, if only a new process
    /// undoes the fault, until the part is healed. A fault that was cut short leaves the file: how far the fault got is unknown.
    /// </summary>
    internal string FaultMarkOf(string part) => Path.Combine(root, part + LabNames.FaultSuffix);

    /// <summary>The file in which the lab tells the link what condition to be in.</summary>
    internal string LinkControl => Path.Combine(root, LabNames.LinkControl);

    /// <summary>The file in which the link says what condition it is in.</summary>
    internal string LinkStateFile => Path.Combine(root, LabNames.LinkState);

    /// <summary>The folder of the secrets. It exists while a secure lab is up or starts.</summary>
    internal string Secrets => Path.Combine(root, LabNames.Secrets);

    /// <summary>The certificates and passwords that clients need; null if the lab is open to everyone on this machine.</summary>
    internal LabSecrets? FindSecrets() => Directory.Exists(Secrets) ? new LabSecrets(Secrets) : null;

    internal string LogOf(string part) => Path.Combine(Logs, $"{part}.log");

    /// <summary>Writes <c>lab.json</c>, which says how the lab is started, before anything is started.</summary>
    internal void Mark(LabMarker marker) => marker.Write(Path.Combine(root, LabNames.Marker));

    /// <summary>
    /// Removes everything that the lab has made except the logs, the locks and <c>lab.json</c>, which then says that the lab is down. Files that the lab
    /// did not make stay.
    /// </summary>
    internal void RemoveData()
    {
        File.Delete(UpFile);
        foreach (var entry in new DirectoryInfo(root).EnumerateFileSystemInfos().Where(static entry => LabNames.IsData(entry.Name)))
        {
            // A link is removed; its target stays.
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

    /// <summary>Makes the folder of the logs, and removes the lab's older logs from it.</summary>
    /// <exception cref="LabException">The folder is a link: its target may not be the lab's.</exception>
    internal void RemoveLogs()
    {
        var directory = Directory.CreateDirectory(Logs);
        if (directory.LinkTarget is not null)
        {
            throw new LabException($"{Logs} is a link, and the lab would delete older logs in the folder that the link leads to. Remove the link.");
        }

        foreach (var log in directory.EnumerateFiles().Where(static log => LabNames.IsLog(log.Name)))
        {
            log.Delete();
        }
    }
}
