using System.Text.Json.Serialization;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>A cluster at one moment.</summary>
/// <param name="Topology">The name of the topology that it was started as.</param>
/// <param name="IsUp">Whether the cluster was started, with or without faults in it.</param>
/// <param name="Balancer">Where clients connect.</param>
/// <param name="BalancerRuns">Whether the balancer answers.</param>
/// <param name="Nodes">Its nodes, in order.</param>
public sealed record ClusterStatus(string Topology, bool IsUp, AmqpAddress Balancer, bool BalancerRuns, IReadOnlyList<NodeStatus> Nodes)
{
    /// <summary>Every node runs, the balancer sees those that it hands clients to, and none has left its cluster.</summary>
    public bool IsHealthy => IsUp && BalancerRuns && Nodes.All(static node => node.IsHealthy) && Strays.Count is 0;

    /// <summary>The nodes that are in another cluster than the lab's. A node that nobody gave a name says its own, so one that says the lab's must be there.</summary>
    [JsonIgnore]
    public IReadOnlyList<NodeStatus> Strays =>
    [
        .. Nodes.Where(node => node.ClusterName is { } name && name != node.OwnClusterName
            && Nodes.Any(other => other.OwnClusterName == node.OwnClusterName && other.ClusterName == node.OwnClusterName)),
    ];

    /// <summary>What is to be said of <see cref="Strays"/>, a sentence for each; empty if there are none.</summary>
    [JsonIgnore]
    internal string StraysInWords => string.Join(' ', Strays.Select(static node =>
        $"{node.Name} is in another cluster ({node.ClusterName}) than the others, and the balancer hands clients to both: what is published on one is not received on the other."));
}
