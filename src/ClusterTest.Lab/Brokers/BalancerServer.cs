namespace ClusterTest.Lab.Brokers;

/// <summary>A node as the balancer sees it.</summary>
/// <param name="Name">The name of the node.</param>
/// <param name="Status">HAProxy's word for the state: <c>UP</c>, <c>DOWN</c>, <c>UP 1/2</c> for a node on its way down …</param>
/// <param name="LastCheck">The result of the last health check, such as <c>L7OK</c> or <c>L4CON</c>.</param>
/// <param name="Sessions">How many client sessions are on the node now.</param>
public sealed record BalancerServer(string Name, string Status, string LastCheck, int Sessions)
{
    /// <summary>Whether a health check has seen the node as up. Before its first check has ended, HAProxy calls a node up without having seen it.</summary>
    public bool IsUp => Status.StartsWith("UP", StringComparison.Ordinal) && LastCheck is "L7OK";
}
