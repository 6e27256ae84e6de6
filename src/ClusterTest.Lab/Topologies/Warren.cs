using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// Two nodes that share nothing, not even a version. Clients are on the primary; while it is down, they are on the standby. When the primary returns, they
/// move back, and a Shovel carries to the primary what was left on the standby.
/// </summary>
public sealed record Warren() : Topology(
    "warren", "a primary and a standby that share nothing, behind a load balancer", [new(Primary, Primary), new(Backup, Backup)])
{
    internal const string Primary = "primary";
    internal const string Backup = "standby";

    /// <inheritdoc/>
    public override string Standby => Backup;

    /// <inheritdoc/>
    public override IReadOnlyList<ShovelRoute> Shovels => [new(Backup, Primary)];

    /// <inheritdoc/>
    public override bool ServesWithOneBroken => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> BalancerFiles => [.. base.BalancerFiles, "topologies/warren/haproxy.cfg"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> ComposeFiles => ["docker-compose.yml", "topologies/warren/docker-compose.yml"];

    /// <inheritdoc/>
    public override string SecureComposeFile => "topologies/warren/docker-compose.secure.yml";

    /// <inheritdoc/>
    public override IReadOnlyList<TopologyProfile> Profiles =>
    [
        new(QueueType.Quorum)
        {
            Machines = "4: 2 nodes, 2 balancers",
            OldMessages = "come back with it, late",
            Versions = "yes: any two",
            LossOfSite = "no: both nodes are behind one balancer",
            FailsOver = "the balancer moves clients, and back",
        },
    ];
}
