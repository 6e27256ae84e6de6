namespace ClusterTest.Lab.Topologies;

/// <summary>Three nodes that form one cluster, behind one balancer.</summary>
public sealed record Cluster() : Topology(
    "cluster",
    "a cluster of three nodes behind a load balancer",
    [new("rabbit1", Group), new("rabbit2", Group), new("rabbit3", Group)])
{
    private const string Group = "cluster";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ComposeFiles => ["docker-compose.yml"];
}
