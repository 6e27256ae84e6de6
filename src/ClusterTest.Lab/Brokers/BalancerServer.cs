namespace ClusterTest.Lab.Brokers;

/// <summary>A node as the balancer sees it.</summary>
/// <param name="Name">The node.</param>
/// <param name="Status">HAProxy's word: <c>UP</c>, <c>DOWN</c>, <c>UP 1/2</c> on its way down …</param>
/// <param name="LastCheck">Result of the last health check, such as <c>L7OK</c> or <c>L4CON</c>.</param>
/// <param name="Sessions">Client sessions on the node now.</param>
public sealed record BalancerServer(string Name, string Status, string LastCheck, int Sessions)
{
    /// <summary>Up, and not merely because no check has ended yet.</summary>
    public bool IsUp => Status.StartsWith("UP", StringComparison.Ordinal) && LastCheck is "L7OK";
}
