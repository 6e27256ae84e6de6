using ClusterTest.Reconnect;

namespace ClusterTest.Lab.Topologies;

/// <summary>
/// The parts of a lab, how they belong together, and what can be expected of the whole. A topology is data: engines start the parts, and the lab looks
/// at them.
/// </summary>
/// <remarks>
/// A lab is <em>whole</em> when every node runs, the nodes of each group are one RabbitMQ cluster, and the balancer sees all nodes of
/// <see cref="Balanced"/> as up. The properties derive their values from the groups; a topology with another rule overrides them.
/// </remarks>
/// <param name="Name">The topology's name on the command line and in <c>lab.json</c>.</param>
/// <param name="Help">The topology's description for <c>--help</c>: a phrase without a full stop.</param>
/// <param name="Brokers">The topology's nodes, in order. The first node of each group starts before the others, which join it.</param>
public abstract record Topology(string Name, string Help, IReadOnlyList<Broker> Brokers)
{
    /// <summary>The name of the load balancer, used like the name of a node.</summary>
    public const string Balancer = "balancer";

    /// <summary>The name of the link between two sites, used like the name of a node.</summary>
    public const string Link = "link";

    /// <summary>The name of the cluster manager, with its power switch and the storage that its hosts share, used like the name of a node.</summary>
    public const string Manager = "manager";

    /// <summary>The name of the power switch of a cluster manager, used like the name of a node.</summary>
    public const string Switch = "switch";

    /// <summary>The name of the address that a cluster manager moves between its hosts, used like the name of a node.</summary>
    public const string Address = "address";

    // A quorum queue needs more than half of its members: of three nodes, one may be broken.
    private const int LeastForAMajority = 3;

    /// <summary>The nodes' names, in order.</summary>
    public IReadOnlyList<string> BrokerNames => [.. Brokers.Select(static broker => broker.Name)];

    /// <summary>The names of all parts: the nodes, the balancer and the power switch, if there is one.</summary>
    public IReadOnlyList<string> Parts =>
        [.. BrokerNames, .. HasBalancer ? [Balancer] : Array.Empty<string>(), .. IsManaged ? [Switch] : Array.Empty<string>()];

    /// <summary>The nodes, group by group.</summary>
    public IReadOnlyList<IReadOnlyList<Broker>> Groups =>
        [.. Brokers.GroupBy(static broker => broker.Group).Select(static group => (IReadOnlyList<Broker>)[.. group])];

    /// <summary>Whether the nodes are hosts of one and the same broker, which a cluster manager runs on one of them at a time.</summary>
    /// <value>No: every node runs a broker of its own.</value>
    public virtual bool IsManaged => false;

    /// <summary>Whether there is a balancer.</summary>
    public bool HasBalancer => Balanced is not [];

    /// <summary>The part that producers connect to: the balancer, a node, or <see cref="Address"/>.</summary>
    public virtual string ProducerEntrance => Balancer;

    /// <summary>The part that consumers connect to: the balancer, a node, or <see cref="Address"/>.</summary>
    public virtual string ConsumerEntrance => Balancer;

    /// <summary>The nodes that some program connects to without the balancer.</summary>
    public IReadOnlyList<string> OwnEntrances => [.. new[] { ProducerEntrance, ConsumerEntrance }.Where(BrokerNames.Contains).Distinct()];

    /// <summary>Whether both programs connect to the balancer.</summary>
    public bool EntersByTheBalancer => ProducerEntrance is Balancer && ConsumerEntrance is Balancer;

    /// <summary>The nodes that the balancer hands clients to.</summary>
    public virtual IReadOnlyList<string> Balanced => BrokerNames;

    /// <summary>
    /// The node that the balancer hands clients to only while no other node is up; null if all nodes of <see cref="Balanced"/> are alike. HAProxy calls such a
    /// server a backup.
    /// </summary>
    public virtual string? Standby => null;

    /// <summary>The Shovels that carry the messages of a queue from one group to another, for each queue that the lab is used with.</summary>
    /// <value>None.</value>
    public virtual IReadOnlyList<ShovelRoute> Shovels => [];

    /// <summary>Whether a Shovel goes over a link that the lab can break.</summary>
    public bool HasLink => Shovels.Any(static route => route.IsOverLink);

    /// <summary>The plugins that RabbitMQ runs with, besides those that its installation or image enables.</summary>
    public IReadOnlyList<string> Plugins => Shovels is [] ? [] : [ShovelRoute.Plugin];

    /// <summary>Whether clients can go on while one node is broken. If not, a drill heals the node without waiting until messages flow again.</summary>
    /// <value>
    /// Whether every group still has a majority when one of its nodes is broken, and both programs connect to the balancer, which has others to hand them to.
    /// </value>
    public virtual bool ServesWithOneBroken =>
        EntersByTheBalancer && Groups.All(static group => group.Count >= LeastForAMajority);

    /// <summary>The most nodes that a soak may break at the same time, unless it may break all of them.</summary>
    /// <value>
    /// The most nodes that can be broken while every group keeps its majority; at least one, since durable messages must survive a broken node even where
    /// no client is served meanwhile.
    /// </value>
    public virtual int MostBroken => Math.Max(1, Groups.Min(static group => (group.Count - 1) / 2));

    /// <summary>
    /// The nodes, or <see cref="Address"/>, from which a drill takes the messages that are left, before it judges. A confirmed message that no consumer
    /// received, and that is in none of these, is lost.
    /// </summary>
    public virtual IReadOnlyList<string> Stores => BrokerNames;

    /// <summary>The balancer's configuration files: paths from the root of the checkout, in the order in which HAProxy reads the files.</summary>
    public virtual IReadOnlyList<string> BalancerFiles => ["haproxy.cfg"];

    /// <summary>The Compose files: paths from the root of the checkout. Each file adds to the files before it, or overrides them.</summary>
    /// <value>None: the topology does not run in containers.</value>
    public virtual IReadOnlyList<string> ComposeFiles => [];

    /// <summary>The Compose file that comes after <see cref="ComposeFiles"/> for a lab that lets nobody in without a certificate and a password.</summary>
    public virtual string SecureComposeFile => "docker-compose.secure.yml";

    /// <summary>The other nodes of the group that a node belongs to.</summary>
    public IReadOnlyList<Broker> PeersOf(string broker) =>
        [.. Groups.Single(group => group.Any(member => member.Name == broker)).Where(member => member.Name != broker)];

    /// <summary>
    /// What <c>compare</c> says of the topology: one profile for each type of queue that it compares, the usual one first. Each profile is a column of the
    /// table: the first has the topology's name, another the name with the type of its queue, such as <c>cluster-classic</c>.
    /// </summary>
    /// <value>One profile, of a quorum queue, that says nothing.</value>
    public virtual IReadOnlyList<TopologyProfile> Profiles => [new(QueueType.Quorum)];
}
