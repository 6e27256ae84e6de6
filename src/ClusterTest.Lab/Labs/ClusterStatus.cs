using System.Text.Json.Serialization;
using ClusterTest.Lab.Brokers;

namespace ClusterTest.Lab.Labs;

/// <summary>A cluster at one moment.</summary>
/// <param name="Topology">The name of the topology that the cluster was started as.</param>
/// <param name="IsUp">Whether the cluster was started, with or without faults in it.</param>
/// <param name="Balancer">The address that clients connect to.</param>
/// <param name="BalancerRuns">Whether the balancer answers; no, if there is none.</param>
/// <param name="Nodes">The cluster's nodes, in order.</param>
public sealed record ClusterStatus(string Topology, bool IsUp, AmqpAddress Balancer, bool BalancerRuns, IReadOnlyList<NodeStatus> Nodes)
{
    /// <summary>The Shovels; null if the topology has none, or they were not looked at.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ShovelStatus>? Shovels { get; init; }

    /// <summary>The cluster manager; null if the topology has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ManagerStatus? Manager { get; init; }

    /// <summary>The node that is to have clients only while no other is up; null if there is none.</summary>
    [JsonIgnore]
    internal string? Standby { get; init; }

    /// <summary>A sentence if both sides have clients; null if not.</summary>
    [JsonIgnore]
    internal string? BothActiveInWords =>
        Nodes.FirstOrDefault(node => node.Name == Standby) is { Balancer.Sessions: > 0 } standby
        && Nodes.FirstOrDefault(node => node.Name != Standby && node.Balancer is { IsUp: true, Sessions: > 0 }) is { } active
            ? $"Both sides are active: the balancer has client sessions on {active.Name} and on {standby.Name}, which share nothing. "
                + $"What is published at {standby.Name} arrives when the Shovel has carried it; clients there should connect again."
            : null;

    /// <summary>
    /// Whether every node runs, the balancer sees the nodes that it hands clients to as up, and no node has left its cluster; with a cluster manager, whether
    /// that says so.
    /// </summary>
    public bool IsHealthy => IsUp && Nodes.All(static node => node.IsHealthy) && Strays.Count is 0 && (Manager?.IsWhole ?? BalancerRuns);

    /// <summary>
    /// The nodes that are in another cluster than the lab's: they report another cluster name. The nodes of a lab that gave its cluster no name report their
    /// own names, so a node counts as a stray only if another node reports the name that the lab gave.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<NodeStatus> Strays =>
    [
        .. Nodes.Where(node => Manager is null && node.ClusterName is { } name && name != node.OwnClusterName
            && Nodes.Any(other => other.OwnClusterName == node.OwnClusterName && other.ClusterName == node.OwnClusterName)),
    ];

    /// <summary>A sentence for each of <see cref="Strays"/>; empty if there are none.</summary>
    [JsonIgnore]
    internal string StraysInWords => string.Join(' ', Strays.Select(static node =>
        $"{node.Name} is in another cluster ({node.ClusterName}) than the other nodes, and the balancer hands clients to both clusters: "
        + "a message that is published in one cluster is not received in the other."));
}
