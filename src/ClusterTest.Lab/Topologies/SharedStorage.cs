using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// One broker with two places: two hosts share its storage, and a cluster manager runs it on one of them, with the address that clients connect to. When that
/// host dies, the manager cuts its power, and starts the broker on the other.
/// </summary>
public sealed record SharedStorage() : Topology(
    "shared-storage",
    "one broker on storage that two hosts share, under Pacemaker, with a virtual address",
    [new(First, Pair), new(Second, Pair)])
{
    internal const string First = "host1";
    internal const string Second = "host2";
    private const string Pair = "shared";

    /// <inheritdoc/>
    public override bool IsManaged => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Balanced => [];

    /// <inheritdoc/>
    public override string ProducerEntrance => Address;

    /// <inheritdoc/>
    public override string ConsumerEntrance => Address;

    /// <inheritdoc/>
    public override bool ServesWithOneBroken => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Stores => [Address];

    /// <inheritdoc/>
    public override IReadOnlyList<string> BalancerFiles => [];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ComposeFiles => ["docker-compose.yml", "topologies/shared-storage/docker-compose.yml"];

    /// <inheritdoc/>
    public override IReadOnlyList<TopologyProfile> Profiles =>
    [
        new(QueueType.Quorum)
        {
            Machines = "3: 2 hosts, shared storage",
            OldMessages = "come back when the other host has started the broker",
            Versions = "no: both hosts read the same data",
            LossOfSite = "no, and not the loss of the storage either",
            FailsOver = "Pacemaker cuts the dead host's power and starts the broker",
        },
    ];
}
