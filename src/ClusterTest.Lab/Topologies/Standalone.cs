namespace ClusterTest.Lab.Topologies;

/// <summary>One broker behind the balancer: what a cluster is compared with. Nobody is served while it is broken, and nothing durable is lost.</summary>
public sealed record Standalone() : Topology("standalone", "one broker behind the load balancer", [new("rabbit1", "rabbit1")])
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> BalancerFiles => [.. base.BalancerFiles, "topologies/standalone/haproxy.cfg"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ComposeFiles => [.. base.ComposeFiles, "topologies/standalone/docker-compose.yml"];
}
