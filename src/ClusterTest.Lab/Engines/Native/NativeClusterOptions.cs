using ClusterTest.Events;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines.Native;

/// <summary>The options of a lab on this machine's packages.</summary>
public sealed record NativeClusterOptions : LabClusterOptions
{
    /// <summary>The start script of Debian's package.</summary>
    public const string DefaultBrokerProgram = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>The ports.</summary>
    /// <value>Default: 5670 for clients, 8100 for statistics, 5681 to 5683 for the nodes.</value>
    public NativePorts Ports { get; init; } = new();

    /// <summary>Lines for the end of each node's rabbitmq.conf.</summary>
    /// <value>Default: none.</value>
    public string AdditionalBrokerConfiguration { get; init; } = "";

    /// <summary>RabbitMQ's own start script, which runs as the calling user; not the packages' wrapper, which changes user.</summary>
    /// <value>Default: <see cref="DefaultBrokerProgram"/>.</value>
    public string BrokerProgram { get; init; } = DefaultBrokerProgram;

    /// <summary>The start scripts of the nodes that run another RabbitMQ than <see cref="BrokerProgram"/>, by the names of the nodes.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyDictionary<string, string> BrokerPrograms { get; init; } = new Dictionary<string, string>();

    /// <summary>The path of the balancer's program.</summary>
    /// <value>Default: null, which means <c>haproxy</c> in the PATH or in the directories for administration.</value>
    public string? BalancerProgram { get; init; }

    /// <summary>Reads the options of the lab in a state directory: the topology, ports and programs that it was started with, else the defaults.</summary>
    public static NativeClusterOptions Load(string stateDirectory)
    {
        var marker = LabFolder.Look(RealPath.Of(stateDirectory)).Marker;
        return new()
        {
            StateDirectory = stateDirectory,
            Topology = marker?.TopologyOf(Engine.Native) ?? TopologyList.Default,
            Ports = marker?.PortsOf<NativePorts>(Engine.Native) ?? new(),
            BrokerProgram = marker?.Broker ?? DefaultBrokerProgram,
            BrokerPrograms = marker?.Brokers ?? new Dictionary<string, string>(),
            BalancerProgram = marker?.Balancer,
        };
    }

    /// <summary>A node's start script.</summary>
    internal string BrokerProgramOf(string node) => BrokerPrograms.GetValueOrDefault(node, BrokerProgram);

    /// <summary>The start script that a path names: the path itself, or the start script of the installation in that folder.</summary>
    internal static string BrokerProgramAt(string path)
    {
        var full = Path.GetFullPath(path);
        string[] places = [Path.Combine(full, "sbin"), Path.Combine(full, "bin"), full];
        return places.Select(static place => Path.Combine(place, "rabbitmq-server")).FirstOrDefault(File.Exists) ?? full;
    }
}
