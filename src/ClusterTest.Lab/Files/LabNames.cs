using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The names of the files and folders that the lab makes in its state directory. The lab deletes nothing else there.</summary>
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

    internal const string LinkControl = $"{Topology.Link}.control";
    internal const string LinkState = $"{Topology.Link}.state";

    /// <summary>The end of the name of a part's mark, after the name of the part.</summary>
    internal const string FaultSuffix = ".fault";

    /// <summary>The folders that only a lab on this machine's packages makes.</summary>
    internal static readonly IReadOnlyList<string> NativeFolders = [Home, Broker, .. TopologyList.BrokerNames];

    /// <summary>The files in which versions without a marker kept the ports.</summary>
    internal static readonly IReadOnlyList<(string File, Engine Engine)> OlderPorts =
        [("NativePorts.json", Engine.Native), ("ComposePorts.json", Engine.Compose)];

    private static readonly HashSet<string> Kept = [Marker, Lock, DrillLock, Logs];

    private static readonly HashSet<string> Data =
    [
        Up, Secrets, NewMarker, LinkControl, $"{LinkControl}.new", LinkState, $"{LinkState}.new",
        .. NativeFolders,
        .. TopologyList.BrokerNames.Concat([Topology.Balancer, Topology.Link, Topology.Manager]).Select(static part => part + FaultSuffix),
        .. OlderPorts.Select(static ports => ports.File),
    ];

    private static readonly string[] Parts = [.. TopologyList.BrokerNames, Topology.Balancer, Topology.Link, Topology.Switch, "haproxy", "epmd", "setup"];

    /// <summary>Whether <c>down</c> removes a file or folder of this name.</summary>
    internal static bool IsData(string name) => Data.Contains(name);

    /// <summary>Whether a file or folder of this name exists only while there is a lab. A marker that was not written completely may stay.</summary>
    internal static bool IsDataOfALab(string name) => IsData(name) && name is not NewMarker;

    /// <summary>Whether the lab makes files or folders of this name.</summary>
    internal static bool IsOwn(string name) => Kept.Contains(name) || IsData(name);

    /// <summary>
    /// Whether a file in the folder of the logs is the lab's, such as <c>rabbit1.log</c>, <c>rabbit1.crash</c> or RabbitMQ's own
    /// <c>rabbit1@localhost_upgrade.log</c>.
    /// </summary>
    internal static bool IsLog(string name) => Parts.Any(part =>
        name.StartsWith($"{part}.", StringComparison.Ordinal) || name.StartsWith($"{part}@", StringComparison.Ordinal));
}
