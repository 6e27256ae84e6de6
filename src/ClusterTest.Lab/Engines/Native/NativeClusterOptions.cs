using ClusterTest.Events;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>How a native cluster is laid out on this machine.</summary>
public sealed record NativeClusterOptions : LabClusterOptions
{
    /// <summary>The start script of Debian's package.</summary>
    public const string DefaultBrokerProgram = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>The ports.</summary>
    /// <value>Default: 5670 for clients, 8100 for statistics, 5681 to 5683 for the nodes.</value>
    public NativePorts Ports { get; init; } = new();

    /// <summary>Lines added to each node's rabbitmq.conf.</summary>
    /// <value>Default: none.</value>
    public string AdditionalBrokerConfiguration { get; init; } = "";

    /// <summary>The broker's start script: the one that starts it as the calling user, not the packages' wrapper, which changes user.</summary>
    /// <value>Default <see cref="DefaultBrokerProgram"/>.</value>
    public string BrokerProgram { get; init; } = DefaultBrokerProgram;

    /// <summary>The balancer's program.</summary>
    /// <value>Default: <c>haproxy</c>, where this machine has it.</value>
    public string? BalancerProgram { get; init; }

    /// <summary>The lab in a state directory, with the topology, the ports and the programs that it was started with, else with the default ones.</summary>
    public static NativeClusterOptions Load(string stateDirectory)
    {
        var marker = LabFolder.Look(RealPath.Of(stateDirectory)).Marker;
        return new()
        {
            StateDirectory = stateDirectory,
            Topology = marker?.TopologyOf(Engine.Native) ?? TopologyList.Default,
            Ports = marker?.PortsOf<NativePorts>(Engine.Native) ?? new(),
            BrokerProgram = marker?.Broker ?? DefaultBrokerProgram,
            BalancerProgram = marker?.Balancer,
        };
    }

    /// <summary>The start script that is meant by a path: itself, or that of the installation in that folder.</summary>
    internal static string BrokerProgramAt(string path)
    {
        var full = Path.GetFullPath(path);
        string[] places = [Path.Combine(full, "sbin"), Path.Combine(full, "bin"), full];
        return places.Select(static place => Path.Combine(place, "rabbitmq-server")).FirstOrDefault(File.Exists) ?? full;
    }
}
