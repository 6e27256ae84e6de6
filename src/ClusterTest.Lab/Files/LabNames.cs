using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The names that the lab gives to what it makes in its state directory. It deletes nothing else there.</summary>
internal static class LabNames
{
    internal const string Marker = "lab.json";
    internal const string NewMarker = $"{Marker}.new";
    internal const string Lock = "lock";
    internal const string DrillLock = "drill.lock";
    internal const string Up = "up";
    internal const string Logs = "logs";
    internal const string Home = "home";
    internal const string Broker = "broker";
    internal const string Secrets = "secrets";

    /// <summary>Follows the name of a part.</summary>
    internal const string FaultSuffix = ".fault";

    /// <summary>What only a lab on this machine's packages makes.</summary>
    internal static readonly IReadOnlyList<string> NativeFolders = [Home, Broker, .. TopologyList.BrokerNames];

    /// <summary>Where versions without a marker kept the ports.</summary>
    internal static readonly IReadOnlyList<(string File, Engine Engine)> OlderPorts = [("NativePorts.json", Engine.Native), ("ComposePorts.json", Engine.Compose)];

    private static readonly HashSet<string> Kept = [Marker, Lock, DrillLock, Logs];

    private static readonly HashSet<string> Data =
    [
        Up, Secrets, NewMarker,
        .. NativeFolders,
        .. TopologyList.BrokerNames.Append(Topology.Balancer).Select(static part => part + FaultSuffix),
        .. OlderPorts.Select(static ports => ports.File),
    ];

    private static readonly string[] Parts = [.. TopologyList.BrokerNames, Topology.Balancer, "haproxy", "epmd", "setup"];

    /// <summary>Whether <c>down</c> removes what is called that.</summary>
    internal static bool IsData(string name) => Data.Contains(name);

    /// <summary>Whether it is there only while there is a lab: a note that was not written to its end may stay.</summary>
    internal static bool IsDataOfALab(string name) => IsData(name) && name is not NewMarker;

    /// <summary>Whether the lab makes what is called that.</summary>
    internal static bool IsOwn(string name) => Kept.Contains(name) || IsData(name);

    /// <summary>Whether a file among the logs is the lab's, as <c>rabbit1.log</c>, <c>rabbit1.crash</c> or the broker's own <c>rabbit1@localhost_upgrade.log</c> are.</summary>
    internal static bool IsLog(string name) => Parts.Any(part => name.StartsWith($"{part}.", StringComparison.Ordinal) || name.StartsWith($"{part}@", StringComparison.Ordinal));
}
