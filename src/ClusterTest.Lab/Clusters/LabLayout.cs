using System.Text.Json;

namespace ClusterTest.Lab.Clusters;

/// <summary>Where a lab keeps its files.</summary>
internal class LabLayout(string root)
{
    internal string Root => root;

    /// <summary>Kept by <c>down</c>, for whoever wants to read what happened.</summary>
    internal string Logs => Path.Combine(root, "logs");

    internal string LockFile => Path.Combine(root, "lock");

    /// <summary>Exists from the end of a successful start to the beginning of its end.</summary>
    internal string UpFile => Path.Combine(root, "up");

    /// <summary>
    /// Holds the name of a fault of a node or of the balancer from its beginning until it has taken effect, or, if nothing but a
    /// new process undoes it, until it is healed. A fault that was cut short leaves it: how far that got, or goes on, nobody knows.
    /// </summary>
    internal string FaultMarkOf(string part) => Path.Combine(root, $"{part}.fault");

    /// <summary>There while a secure lab is up, or starts.</summary>
    internal string Secrets => Path.Combine(root, "secrets");

    internal string LogOf(string part) => Path.Combine(Logs, $"{part}.log");

    /// <summary>Removes everything but the logs and the lock.</summary>
    internal void RemoveData()
    {
        File.Delete(UpFile);
        foreach (var directory in Directory.EnumerateDirectories(root).Where(directory => directory != Logs))
        {
            Directory.Delete(directory, recursive: true);
        }

        foreach (var file in Directory.EnumerateFiles(root).Where(file => file != LockFile))
        {
            File.Delete(file);
        }
    }

    /// <summary>Makes an empty directory for logs.</summary>
    internal void RemoveLogs()
    {
        _ = Directory.CreateDirectory(Logs);
        foreach (var log in Directory.EnumerateFiles(Logs))
        {
            File.Delete(log);
        }
    }

    /// <summary>Keeps the ports, for the commands to come.</summary>
    internal void SavePorts<TPorts>(TPorts ports)
        where TPorts : LabPorts => File.WriteAllText(PortsFileOf<TPorts>(), JsonSerializer.Serialize(ports));

    /// <summary>The ports that the lab was started with; null if it is not known to have been.</summary>
    internal TPorts? LoadPorts<TPorts>()
        where TPorts : LabPorts => File.Exists(PortsFileOf<TPorts>()) ? JsonSerializer.Deserialize<TPorts>(File.ReadAllText(PortsFileOf<TPorts>())) : null;

    // Named after the engine's type: two engines may take turns in one directory.
    private string PortsFileOf<TPorts>() => Path.Combine(root, $"{typeof(TPorts).Name}.json");
}
