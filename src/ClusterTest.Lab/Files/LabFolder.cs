using System.Text.Json;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>A state directory at one moment. The lab writes and deletes nothing in a directory that is not its own.</summary>
internal sealed class LabFolder
{
    private readonly string _path;

    private LabFolder(string path) => _path = path;

    /// <summary>What <c>lab.json</c> says about the lab in the directory; null if there is no such file that can be read.</summary>
    internal LabMarker? Marker { get; private init; }

    /// <summary>The state file that cannot be read; null if all state files can be read.</summary>
    internal string? Torn { get; private init; }

    /// <summary>Why the directory is not the lab's, as a sentence without a full stop; null if it is the lab's, or may become the lab's.</summary>
    internal string? Foreign { get; private init; }

    /// <summary>
    /// The engine of the lab in the directory. If a state file is torn, the other files show it. Null if no lab is up there, or its engine is unknown.
    /// </summary>
    internal Engine? Engine =>
        Torn is null ? Marker?.Engine
        : HasNativeParts() ? Files.Engine.Native
        : File.Exists(Path.Combine(_path, LabNames.Up)) ? Files.Engine.Compose
        : null;

    /// <summary>Looks at a directory, which need not exist.</summary>
    /// <param name="path">The real path of the directory.</param>
    internal static LabFolder Look(string path)
    {
        if (File.Exists(path))
        {
            return new LabFolder(path) { Foreign = "it is a file" };
        }

        // Another command may be changing the directory: the names belong to the marker only if the marker is the same before and after listing them.
        for (var marker = ReadMarker(path); ;)
        {
            var names = Names(path).ToHashSet();
            var again = ReadMarker(path);
            if (again == marker)
            {
                return marker is { Json: var json } ? WithMarker(path, json, names) : WithoutMarker(path, names);
            }

            marker = again;
        }
    }

    /// <summary>The files and folders in the directory that the lab did not make, as paths from the directory.</summary>
    internal static IReadOnlyList<string> Strangers(string path) => Directory.Exists(path)
        ?
        [
            .. Names(path).Where(static name => !LabNames.IsOwn(name)),
            .. Names(Path.Combine(path, LabNames.Logs))
                .Where(static name => !LabNames.IsLog(name))
                .Select(static name => Path.Combine(LabNames.Logs, name)),
        ]
        : [];

    /// <summary>Adds to an obstacle of Docker's which lab it makes unreachable, if the lab in the directory runs in containers.</summary>
    internal string WithLab(string obstacle) => Engine is Files.Engine.Compose
        ? $"The lab in {_path} runs in containers, and the containers cannot be reached. {obstacle}"
        : obstacle;

    /// <summary>Fails unless the lab may write to the directory, and delete what it made there.</summary>
    /// <exception cref="LabException">The directory is not the lab's.</exception>
    internal void RequireOwn()
    {
        if (Foreign is not null)
        {
            throw new LabException(
                $"{_path} is not a folder of the lab: {Foreign}. Nothing was changed in it. Name a new or an empty folder with --state-dir.");
        }

        if (Marker is { Engine: not null, Directory: { } origin } && origin != _path)
        {
            throw new LabException(
                $"{_path} is the folder of the lab in {origin}, moved or copied while that lab was up. Move it back and run ./lab down there; "
                + "if that lab is gone, delete this folder by hand.");
        }
    }

    /// <summary>Fails unless all state files can be read.</summary>
    /// <exception cref="LabException">A state file is torn.</exception>
    internal void RequireReadable()
    {
        if (Torn is not null)
        {
            throw new LabException(
                $"{Path.Combine(_path, Torn)} is missing, empty or cut off, so the lab does not know what runs there. "
                + "./lab down ends everything there and repairs the file.");
        }
    }

    private static (string Json, DateTime Written)? ReadMarker(string path)
    {
        var file = Path.Combine(path, LabNames.Marker);
        try
        {
            return (File.ReadAllText(file), File.GetLastWriteTimeUtc(file));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static LabFolder WithMarker(string path, string json, HashSet<string> names)
    {
        switch (LabMarker.Parse(json))
        {
            case { Format: > LabMarker.CurrentFormat } newer:
                return new LabFolder(path)
                {
                    Foreign = $"its {LabNames.Marker} is of a newer version (format {newer.Format}; this program knows {LabMarker.CurrentFormat})",
                };
            case { Engine: null } when names.Order(StringComparer.Ordinal).FirstOrDefault(LabNames.IsDataOfALab) is { } data:
                return new LabFolder(path) { Foreign = $"the lab that was in it is down and left no data, but {data} is there" };
            case { } marker:
                return new LabFolder(path) { Marker = marker };
            // Without the lab's lock, an unreadable file of this name may be the user's.
            case null when HasOwnLock(path):
                return new LabFolder(path) { Torn = LabNames.Marker };
            default:
                return new LabFolder(path) { Foreign = $"its {LabNames.Marker} is not one that the lab wrote" };
        }
    }

    // Without a marker, the directory is the lab's in two cases: a command has taken a lock there, and perhaps begun to write a marker, but has started
    // nothing; or the lab is of an older version, which wrote no marker.
    private static LabFolder WithoutMarker(string path, HashSet<string> names)
    {
        if (names.All(static name => name is LabNames.Lock or LabNames.DrillLock or LabNames.NewMarker)
            && (!names.Contains(LabNames.NewMarker) || HasOwnLock(path)))
        {
            return new LabFolder(path);
        }

        if (!names.Contains(LabNames.Lock) || Strangers(path).Count > 0)
        {
            return new LabFolder(path) { Foreign = $"it is not empty, and there is no {LabNames.Marker} in it" };
        }

        foreach (var (file, engine) in LabNames.OlderPorts.Where(older => names.Contains(older.File)))
        {
            return LabMarker.Parse(Converted(path, file, engine)) is { } marker
                ? new LabFolder(path) { Marker = marker }
                : new LabFolder(path) { Torn = file };
        }

        return HasOwnLock(path)
            ? new LabFolder(path) { Torn = LabNames.Marker }
            : new LabFolder(path) { Foreign = $"there is no {LabNames.Marker} in it, and the lab did not make its {LabNames.Lock}" };
    }

    private static bool HasOwnLock(string path) => ClusterLock.IsOne(Path.Combine(path, LabNames.Lock));

    private static string Converted(string path, string file, Engine engine)
    {
        var (directory, kind) = (JsonSerializer.Serialize(path), engine is Files.Engine.Native ? "native" : "compose");
        var ports = File.ReadAllText(Path.Combine(path, file));
        return $$"""{"format":1,"topology":"{{TopologyList.Default.Name}}","directory":{{directory}},"engine":"{{kind}}","ports":{{ports}}}""";
    }

    private bool HasNativeParts() => LabNames.NativeFolders.Any(name => Directory.Exists(Path.Combine(_path, name)));

    private static IEnumerable<string> Names(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFileSystemEntries(directory).Select(static entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)
        : [];
}
