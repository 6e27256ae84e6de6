using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// Two sites: producers are at the first, a cluster behind a balancer, and consumers at the second, a single node. A Shovel at the first site carries the
/// messages over a link.
/// </summary>
public sealed record Shovel() : Topology(
    "shovel",
    "a site where producers are, a site where consumers are, and a Shovel between them",
    [new("a1", ProducersSite), new(OtherProducersNode, ProducersSite), new("a3", ProducersSite), new(ConsumersNode, "site-b")])
{
    internal const string OtherProducersNode = "a2";
    internal const string ConsumersNode = "b1";

    private const string ProducersSite = "site-a";

    /// <inheritdoc/>
    public override string ConsumerEntrance => ConsumersNode;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Balanced => [.. base.Balanced.Where(static node => node is not ConsumersNode)];

    /// <inheritdoc/>
    public override IReadOnlyList<ShovelRoute> Shovels => [new(ProducersSite, ConsumersNode, IsOverLink: true)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> BalancerFiles => [.. base.BalancerFiles, "topologies/shovel/haproxy.cfg"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ComposeFiles => ["docker-compose.yml", "topologies/shovel/docker-compose.yml"];

    /// <inheritdoc/>
    public override string SecureComposeFile => "topologies/shovel/docker-compose.secure.yml";

    /// <inheritdoc/>
    public override IReadOnlyList<TopologyProfile> Profiles =>
    [
        new(QueueType.Quorum)
        {
            Machines = "a cluster's at each site",
            OldMessages = "as in a cluster at each site; on the link they wait",
            Versions = "yes, between the sites",
            LossOfSite = "yes, but for what was not carried yet",
            FailsOver = "each site by itself; nobody between them",
        },
    ];
}
