namespace ClusterTest.Lab.Brokers;

/// <summary>Names of nodes as Erlang has them, <c>name@host</c>.</summary>
internal static class ErlangNode
{
    private const string SharedHost = "localhost";

    /// <summary>
    /// What the lab calls the node: on one host nodes differ by their names (<c>rabbit1@localhost</c>), each on a host of its own
    /// they differ by that (<c>rabbit@rabbit1</c>).
    /// </summary>
    internal static string ShortNameOf(string erlangName) => erlangName.Split('@') switch
    {
        [var name, SharedHost] => name,
        [_, var host] => host,
        _ => erlangName,
    };
}
