using System.Security.Cryptography;
using System.Text;
using ClusterTest.Events;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Compose;

/// <summary>How a Compose cluster is laid out.</summary>
public sealed record ComposeClusterOptions : LabClusterOptions
{
    /// <summary>Three minutes to start: all nodes start at once, and share the processors with the health checks.</summary>
    public ComposeClusterOptions() => StartTimeout = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The Compose project, which tells labs apart: one of its own for every state directory, known again also when the directory
    /// is gone. It is never that of a <c>docker compose up</c> by hand, which is not the lab's to end.
    /// </summary>
    public string Project => $"cluster-test-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RealPath.Of(StateDirectory))).AsSpan(0, 4))}";

    /// <summary>The ports.</summary>
    /// <value>Default: 5670 and 5671 for clients, 8100 for statistics, 15672 for the management page.</value>
    public ComposePorts Ports { get; init; } = new();

    /// <summary>The lab in a state directory, with the topology and the ports that it was started with, else with the default ones.</summary>
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
