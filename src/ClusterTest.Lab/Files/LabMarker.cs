using System.Text.Json;
using System.Text.Json.Serialization;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>
/// The content of <c>lab.json</c> in a state directory. The file says that the directory is a lab's, so that the lab may delete in it, and how the lab was
/// started. When the lab goes down, the file stays, but without an engine: the logs stay, too, and the file allows the next lab to remove them.
/// </summary>
internal sealed record LabMarker
{
    /// <summary>The newest version of the file that this program understands.</summary>
    internal const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter<Engine>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    /// <summary>The version of the file.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The name of the lab's topology; the default one if the lab is down.</summary>
    public string? Topology { get; init; }

    /// <summary>The real path of the state directory. The processes of a lab carry this path: if the directory is moved, they are not found any more.</summary>
    public string? Directory { get; init; }

    /// <summary>The lab's engine; null if the lab is down.</summary>
    public Engine? Engine { get; init; }

    /// <summary>Whether the lab lets nobody in without a certificate and a password.</summary>
    public bool Secure { get; init; }

    /// <summary>The lab's ports, as the record of its engine.</summary>
    public JsonElement? Ports { get; init; }

    /// <summary>RabbitMQ's start script; null for the default one, and for a lab in containers.</summary>
    public string? Broker { get; init; }

    /// <summary>The start scripts of the nodes that run another RabbitMQ than the others, by the names of the nodes; null if there are none.</summary>
    public IReadOnlyDictionary<string, string>? Brokers { get; init; }

    /// <summary>The balancer's program; null for the default one, and for a lab in containers.</summary>
    public string? Balancer { get; init; }

    /// <summary>The content for a lab that is down.</summary>
    internal static LabMarker Down(string directory) => new() { Topology = TopologyList.Default.Name, Directory = directory };

    /// <summary>Reads the content of the file.</summary>
    /// <returns>Null if the content is empty or torn, or the lab did not write it.</returns>
    internal static LabMarker? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<LabMarker>(json, Json) is { Topology: not null, Directory: not null, Format: > 0 } marker
                && marker.IsUnderstood()
                ? marker
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The topology of a lab on this engine; null if the lab is down, on another engine, or of a topology that this version does not know.</summary>
    internal Topology? TopologyOf(Engine engine) => Engine == engine ? TopologyList.Find(Topology!) : null;

    /// <summary>The ports of a lab on this engine; null if the lab is down, or on another engine.</summary>
    internal TPorts? PortsOf<TPorts>(Engine engine)
        where TPorts : LabPorts => Engine == engine ? Ports?.Deserialize<TPorts>(Json) : null;

    /// <summary>A copy with other ports.</summary>
    internal LabMarker With<TPorts>(TPorts ports)
        where TPorts : LabPorts => this with { Ports = JsonSerializer.SerializeToElement(ports, Json) };

    /// <summary>Writes the file completely or not at all: to a temporary name first, flushed to the disk, and then renamed.</summary>
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

    // Ports are converted only when they are needed. Converting them here shows early that a file is not the lab's.
    private bool IsUnderstood()
    {
        _ = PortsOf<NativePorts>(Files.Engine.Native);
        _ = PortsOf<ComposePorts>(Files.Engine.Compose);
        return true;
    }
}
