namespace ClusterTest.Lab.Brokers;

/// <summary>Reads the Erlang names of nodes, <c>name@host</c>.</summary>
internal static class ErlangNode
{
    private const string SharedHost = "localhost";

    /// <summary>
    /// The lab's name for a node. If all nodes are on one host, they differ by the name before the @ (<c>rabbit1@localhost</c>); if each node has its own
    /// host, they differ by the host (<c>rabbit@rabbit1</c>).
    /// </summary>
    internal static string ShortNameOf(string erlangName) => erlangName.Split('@') switch
    {
        [var name, SharedHost] => name,
        [_, var host] => host,
        _ => erlangName,
    };
}
