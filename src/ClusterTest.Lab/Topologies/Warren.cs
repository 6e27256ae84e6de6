using ClusterTest.Lab.Faults;
using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// Two nodes that share nothing, not even a version. Clients are on the primary; while it is down, they are on the standby. When the primary returns, they
/// move back, and a Shovel carries to the primary what was left on the standby.
/// </summary>
public sealed record Warren() : Topology(
    "warren", "a primary and a standby that share nothing, behind a load balancer", [new(Primary, Primary), new(Backup, Backup)])
{
    private const string Primary = "primary";
    private const string Backup = "standby";

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
    public override IReadOnlyList<Plan> Plans =>
    [
        new(
            "failback",
            "break the primary in three ways, once more while clients move back, the standby while it serves, and the balancer",
            [
                Step<Kill>(0, Primary, 5),
                Step<Kill>(1, Primary, 3), // begins as soon as the first is healed: while clients move back
                Step<StopApp>(30, Primary, 5),
                Step<Freeze>(60, Primary, 5),
                Step<Kill>(90, Primary, 25),
                Step<Kill>(95, Backup, 5),
                Step<BalancerRestart>(150, node: null, 2),
            ]),
        new(
            "upgrade",
            "move the clients and the messages of the primary to the standby, as for a new version, and back",
            [Step<HandOver>(0, Primary, 10)]),
    ];

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

    private static PlanStep Step<TFault>(int at, string? node, int hold)
        where TFault : Fault, new() => new(TimeSpan.FromSeconds(at), new TFault().Name, node, TimeSpan.FromSeconds(hold));
}
