using System.Text.Json.Serialization;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>A node at one moment.</summary>
/// <param name="Name">The node's short name.</param>
/// <param name="Address">The node's own AMQP listener; null while the node cannot be reached.</param>
/// <param name="State">How the node looks from outside.</param>
/// <param name="Version">The version of RabbitMQ, if the node answered.</param>
/// <param name="Balancer">How the balancer sees the node; null if the balancer did not answer.</param>
public sealed record NodeStatus(string Name, AmqpAddress? Address, NodeState State, string? Version, BalancerServer? Balancer)
{
    /// <summary>The name of the cluster that the node is in, if the node answered.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The name that the lab, when it started, gave to the cluster of the node's group.</summary>
    [JsonIgnore]
    public string? OwnClusterName { get; init; }

    /// <summary>Whether the balancer hands clients to the node.</summary>
    [JsonIgnore]
    public bool IsBalanced { get; init; } = true;

    /// <summary>Whether the node runs or stands by, and the balancer, if it hands clients to the node, sees it as up.</summary>
    public bool IsHealthy => State is NodeState.Running or NodeState.Standby && (!IsBalanced || Balancer is { IsUp: true });
}
