namespace ClusterTest.Lab.Clusters;

/// <summary>A cluster at one moment.</summary>
/// <param name="IsUp">Whether the cluster was started, with or without faults in it.</param>
/// <param name="Balancer">Where clients connect.</param>
/// <param name="BalancerRuns">Whether the balancer answers.</param>
/// <param name="Nodes">Its nodes, in order.</param>
public sealed record ClusterStatus(bool IsUp, AmqpAddress Balancer, bool BalancerRuns, IReadOnlyList<NodeStatus> Nodes)
{
    /// <summary>Every node runs and the balancer knows it.</summary>
    public bool IsHealthy => IsUp && BalancerRuns && Nodes.All(static node => node.IsHealthy);
}
