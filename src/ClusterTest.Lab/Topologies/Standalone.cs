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
}
