namespace ClusterTest.Lab.Topologies;

/// <summary>The topologies that the lab knows: <c>--topology</c>, its help, and the names that a command takes come from here.</summary>
public static class TopologyList
{
    /// <summary>The one that is taken where nobody names another.</summary>
    public static Topology Default { get; } = new Cluster();

    /// <summary>Every one of them, in order.</summary>
    public static IReadOnlyList<Topology> All { get; } = [Default, new Standalone()];

    /// <summary>The names of the brokers of all of them.</summary>
    internal static IReadOnlyList<string> BrokerNames { get; } = [.. All.SelectMany(static topology => topology.BrokerNames).Distinct()];

    /// <summary>The topology of that name; null if there is none.</summary>
    public static Topology? Find(string name) => All.FirstOrDefault(topology => topology.Name == name);
}
