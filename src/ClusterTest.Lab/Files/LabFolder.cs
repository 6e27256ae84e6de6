using System.Text.Json;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>What a state directory is at one moment. Nothing is written to or deleted from one that is not the lab's.</summary>
internal sealed class LabFolder
{
    private readonly string _path;

    private LabFolder(string path) => _path = path;

    /// <summary>What is known of the lab in it; null if nothing is.</summary>
    internal LabMarker? Marker { get; private init; }

    /// <summary>The state file that cannot be read; null if all can.</summary>
    internal string? Torn { get; private init; }

    /// <summary>Why it is not this lab's, a sentence without an end; null if it is, or may become it.</summary>
    internal string? Foreign { get; private init; }

    /// <summary>What the lab in it runs on, also where that shows only in what it left; null if none does, or that cannot be known.</summary>
    internal Engine? Engine => Torn is null ? Marker?.Engine : HasNativeParts() ? Files.Engine.Native : File.Exists(Path.Combine(_path, LabNames.Up)) ? Files.Engine.Compose : null;

    /// <summary>Looks at a folder, given by its real path, which need not exist.</summary>
    internal static LabFolder Look(string path)
    {
        if (File.Exists(path))
        {
            return new LabFolder(path) { Foreign = "it is a file" };
        }

        // Another command may be at work in it: names and marker belong together only if the marker is the same after as before.
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

    /// <summary>What is in it that the lab did not make, by paths from it.</summary>
    internal static IReadOnlyList<string> Strangers(string path) => Directory.Exists(path)
        ?
        [
            .. Names(path).Where(static name => !LabNames.IsOwn(name)),
            .. Names(Path.Combine(path, LabNames.Logs)).Where(static name => !LabNames.IsLog(name)).Select(static name => Path.Combine(LabNames.Logs, name)),
        ]
        : [];

    /// <summary>What keeps the lab from being reached, with which lab that is, if it is known to be there.</summary>
    internal string WithLab(string obstacle) => Engine is Files.Engine.Compose
        ? $"The lab in {_path} runs in containers, and they cannot be reached. {obstacle}"
        : obstacle;

    /// <summary>Fails unless the lab may write here, and delete what it made.</summary>
    /// <exception cref="LabException">The folder is somebody else's.</exception>
    internal void RequireOwn()
    {
        if (Foreign is not null)
        {
            throw new LabException($"{_path} is not a folder of the lab: {Foreign}. Nothing was changed in it. Name another folder, a new or an empty one, by --state-dir.");
        }

        if (Marker is { Engine: not null, Directory: { } origin } && origin != _path)
        {
            throw new LabException(
                $"{_path} is the lab of {origin}, moved or copied while it was up. Move it back and run ./lab down there; if that lab is gone, delete this folder by hand.");
        }
    }

    /// <summary>Fails unless everything that the lab has noted can be read.</summary>
    /// <exception cref="LabException">A state file is torn.</exception>
    internal void RequireReadable()
    {
        if (Torn is not null)
        {
            throw new LabException($"{Path.Combine(_path, Torn)} is missing, empty or cut off, so it is not known what runs there. ./lab down ends it and repairs that.");
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
                return new LabFolder(path) { Foreign = $"its {LabNames.Marker} is of a newer version (format {newer.Format}; this program knows {LabMarker.CurrentFormat})" };
            case { Engine: null } when names.Order(StringComparer.Ordinal).FirstOrDefault(LabNames.IsDataOfALab) is { } data:
                return new LabFolder(path) { Foreign = $"the lab that was in it is down and left no data, and {data} is there" };
            case { } marker:
                return new LabFolder(path) { Marker = marker };
            // Anybody may have a file of that name.
            case null when HasOwnLock(path):
                return new LabFolder(path) { Torn = LabNames.Marker };
            default:
                return new LabFolder(path) { Foreign = $"its {LabNames.Marker} is not one that the lab wrote" };
        }
    }

    // A folder in which only a lock was taken so far, and perhaps a marker begun, before anything is started; or one of a version that wrote no marker.
    private static LabFolder WithoutMarker(string path, HashSet<string> names)
    {
        if (names.All(static name => name is LabNames.Lock or LabNames.DrillLock or LabNames.NewMarker) && (!names.Contains(LabNames.NewMarker) || HasOwnLock(path)))
        {
            return new LabFolder(path);
        }

        if (!names.Contains(LabNames.Lock) || Strangers(path).Count > 0)
        {
            return new LabFolder(path) { Foreign = $"it is not empty, and there is no {LabNames.Marker} in it" };
        }

        foreach (var (file, engine) in LabNames.OlderPorts.Where(older => names.Contains(older.File)))
        {
            return LabMarker.Parse(Converted(path, file, engine)) is { } marker ? new LabFolder(path) { Marker = marker } : new LabFolder(path) { Torn = file };
        }

        return HasOwnLock(path) ? new LabFolder(path) { Torn = LabNames.Marker } : new LabFolder(path) { Foreign = $"there is no {LabNames.Marker} in it, and its {LabNames.Lock} is none of the lab's" };
    }

    private static bool HasOwnLock(string path) => ClusterLock.IsOne(Path.Combine(path, LabNames.Lock));

    private static string Converted(string path, string file, Engine engine) => $$"""
        {"format":1,"topology":"{{TopologyList.Default.Name}}","directory":{{JsonSerializer.Serialize(path)}},"engine":"{{(engine is Files.Engine.Native ? "native" : "compose")}}","ports":{{File.ReadAllText(Path.Combine(path, file))}}}
        """;

    private bool HasNativeParts() => LabNames.NativeFolders.Any(name => Directory.Exists(Path.Combine(_path, name)));

    private static IEnumerable<string> Names(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFileSystemEntries(directory).Select(static entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal)
        : [];
}
