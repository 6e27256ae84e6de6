using ClusterTest.Reconnect;

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

    /// <inheritdoc/>
    public override IReadOnlyList<TopologyProfile> Profiles =>
    [
        new(QueueType.Quorum)
        {
            Machines = "5: 3 nodes, 2 balancers",
            OldMessages = "stay available: other nodes have copies",
            Versions = "only during a rolling upgrade",
            LossOfSite = "no: all nodes are at one site",
            FailsOver = "RabbitMQ elects a leader, the balancer moves clients",
        },
        new(QueueType.Classic)
        {
            Machines = "no number is enough: one node has the queue",
            OldMessages = "out of reach until the node is back",
            Versions = "only during a rolling upgrade",
            LossOfSite = "no: all nodes are at one site",
            FailsOver = "nobody: somebody mends the node of the queue",
        },
    ];
}
