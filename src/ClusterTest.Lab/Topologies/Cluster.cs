namespace ClusterTest.Lab.Topologies;

/// <summary>Three brokers that form one cluster, behind one balancer.</summary>
public sealed record Cluster() : Topology(
    "cluster",
    "a cluster of three brokers behind a load balancer",
    [new("rabbit1", Group), new("rabbit2", Group), new("rabbit3", Group)])
{
    private const string Group = "cluster";
}
