using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>
/// What <c>lab.json</c> in a state directory says: that the folder is a lab's, which is the licence to delete in it, and how the lab in it was
/// started. It stays when the lab goes down, without an engine: the logs stay, too, and the next lab may remove them.
/// </summary>
internal sealed record LabMarker
{
    /// <summary>The version of this file that is understood here.</summary>
    internal const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<Engine>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The version of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The name of its topology; of a lab that is down, of the last one.</summary>
    public string? Topology { get; init; }

    /// <summary>The real path of the state directory. A lab that is moved while it runs is not found by its marks any more.</summary>
    public string? Directory { get; init; }

    /// <summary>What the lab runs on; null if it is down.</summary>
    public Engine? Engine { get; init; }

    /// <summary>Whether it lets nobody in without certificate and password.</summary>
    public bool Secure { get; init; }

    /// <summary>Its ports, in the shape of its engine.</summary>
    public JsonElement? Ports { get; init; }

    /// <summary>The broker's start script; null if it is the default one, or in a container.</summary>
    public string? Broker { get; init; }

    /// <summary>The balancer's program; null if it is the default one, or in a container.</summary>
    public string? Balancer { get; init; }

    /// <summary>Of a lab that is down.</summary>
    internal static LabMarker Down(string directory) => new() { Topology = TopologyList.Default.Name, Directory = directory };

    /// <summary>Reads one.</summary>
    /// <returns>Null if it is empty, torn, or something else.</returns>
    internal static LabMarker? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<LabMarker>(json, Json) is { Topology: not null, Directory: not null, Format: > 0 } marker && marker.IsUnderstood() ? marker : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The topology of a lab on that engine; null if it is down, or on another.</summary>
    /// <exception cref="LabException">It is not known.</exception>
    internal Topology? TopologyOf(Engine engine) => Engine != engine ? null
        : TopologyList.Find(Topology!) ?? throw new LabException(
            $"The lab in {Directory} is of the topology {Topology}, which this version does not know. End it by the version that started it.");

    /// <summary>The ports of a lab on that engine; null if it is down, or on another.</summary>
    internal TPorts? PortsOf<TPorts>(Engine engine)
        where TPorts : LabPorts => Engine == engine ? Ports?.Deserialize<TPorts>(Json) : null;

    /// <summary>The same with ports.</summary>
    internal LabMarker With<TPorts>(TPorts ports)
        where TPorts : LabPorts => this with { Ports = JsonSerializer.SerializeToElement(ports, Json) };

    /// <summary>Writes it, whole or not at all: under a temporary name, to the disk, and only then under its own.</summary>
    internal void Write(string file)
    {
        var temporary = $"{file}.new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, this, Json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, file, overwrite: true);
    }

    // Ports are read only when they are needed: that is too late to find out that they are none.
    private bool IsUnderstood()
    {
        _ = PortsOf<NativePorts>(Files.Engine.Native);
        _ = PortsOf<ComposePorts>(Files.Engine.Compose);
        return true;
    }
}
