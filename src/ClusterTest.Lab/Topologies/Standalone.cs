using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// One node behind the balancer, to compare a cluster with. No client is served while the node is broken, and no durable message may be lost.
/// </summary>
public sealed record Standalone() : Topology("standalone", "one node behind the load balancer", [new("rabbit1", "rabbit1")])
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> BalancerFiles => [.. base.BalancerFiles, "topologies/standalone/haproxy.cfg"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ComposeFiles => ["docker-compose.yml", "topologies/standalone/docker-compose.yml"];

    /// <inheritdoc/>
    public override IReadOnlyList<TopologyProfile> Profiles =>
    [
        new(QueueType.Quorum)
        {
            Machines = "no number is enough: there is one node",
            OldMessages = "out of reach until the node is back",
            Versions = "there is only one node",
            LossOfSite = "no",
            FailsOver = "nobody: somebody mends the node",
        },
    ];
}
