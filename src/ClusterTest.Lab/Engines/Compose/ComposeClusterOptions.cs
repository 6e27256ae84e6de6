using System.Security.Cryptography;
using System.Text;
using ClusterTest.Events;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>The options of a lab in containers.</summary>
public sealed record ComposeClusterOptions : LabClusterOptions
{
    /// <summary>Sets three minutes to start: all nodes start at once, and share the processors with the health checks.</summary>
    public ComposeClusterOptions() => StartTimeout = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The name of the Compose project, which tells labs apart. Every state directory has its own project, and the lab finds the project even if the
    /// directory is gone. A <c>docker compose up</c> by hand has another project, so the lab never ends it.
    /// </summary>
    public string Project => $"cluster-test-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RealPath.Of(StateDirectory))).AsSpan(0, 4))}";

    /// <summary>The ports.</summary>
    /// <value>Default: 5670 and 5671 for clients, 8100 for statistics, 15672 for the management page.</value>
    public ComposePorts Ports { get; init; } = new();

    /// <summary>The images of nodes that run another RabbitMQ than the Compose files say, by the names of the nodes.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, string> Images { get; init; } = new Dictionary<string, string>();

    /// <summary>Reads the options of the lab in a state directory: the topology and the ports that it was started with, else the defaults.</summary>
    public static ComposeClusterOptions Load(string stateDirectory)
    {
        var marker = LabFolder.Look(RealPath.Of(stateDirectory)).Marker;
        return new()
        {
            StateDirectory = stateDirectory,
            Topology = marker?.TopologyOf(Engine.Compose) ?? TopologyList.Default,
            Ports = marker?.PortsOf<ComposePorts>(Engine.Compose) ?? new(),
        };
    }
}
