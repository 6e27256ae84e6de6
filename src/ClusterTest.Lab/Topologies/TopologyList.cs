namespace ClusterTest.Lab.Topologies;

/// <summary>The topologies that the lab knows. <c>--topology</c>, its help, and the node names that commands take come from here.</summary>
public static class TopologyList
{
    /// <summary>The topology for a lab that names none.</summary>
    public static Topology Default { get; } = new Cluster();

    /// <summary>All topologies, in order.</summary>
    public static IReadOnlyList<Topology> All { get; } = [Default, new Standalone(), new Warren(), new SharedStorage(), new Shovel()];

    /// <summary>The node names of all topologies, each once.</summary>
    internal static IReadOnlyList<string> BrokerNames { get; } = [.. All.SelectMany(static topology => topology.BrokerNames).Distinct()];

    /// <summary>The names of the topologies for which a condition holds, as <c>warren or shovel</c>; empty if it holds for none.</summary>
    internal static string Having(Func<Topology, bool> condition) =>
        All.Where(condition).Select(static topology => topology.Name).ToList() is [.. var others, var last]
        ? others is [] ? last : $"{string.Join(", ", others)} or {last}"
        : "";

    /// <summary>The topology of that name; null if there is none.</summary>
    public static Topology? Find(string name) => All.FirstOrDefault(topology => topology.Name == name);
}
