using System.Text.Json.Serialization;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>A node at one moment.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Address">Its own AMQP listener; null while there is no way to the node.</param>
/// <param name="State">How it looks from outside.</param>
/// <param name="Version">The broker's version, if it answered.</param>
/// <param name="Balancer">What the balancer thinks of it; null if the balancer did not answer.</param>
public sealed record NodeStatus(string Name, AmqpAddress? Address, NodeState State, string? Version, BalancerServer? Balancer)
{
    /// <summary>The name of the cluster that it is in, if it answered.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The name that the lab gave to the cluster of its group when it was started.</summary>
    [JsonIgnore]
    public string? OwnClusterName { get; init; }

    /// <summary>Whether the balancer hands clients to it.</summary>
    [JsonIgnore]
    public bool IsBalanced { get; init; } = true;

    /// <summary>Running, and known as such to the balancer if that hands clients to it.</summary>
    public bool IsHealthy => State is NodeState.Running && (!IsBalanced || Balancer is { IsUp: true });
}
