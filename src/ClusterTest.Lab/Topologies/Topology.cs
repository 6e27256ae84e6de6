namespace ClusterTest.Lab.Topologies;

/// <summary>Which parts a lab has, how they belong together, and what may be expected of the whole. It is data: engines start the parts, the lab looks at them.</summary>
/// <remarks>
/// A lab is <em>whole</em> when every broker runs, the brokers of each group are one RabbitMQ cluster, and the balancer sees all of <see cref="Balanced"/>
/// up. What follows from the groups is worked out here; a topology in which another rule holds overrides it.
/// </remarks>
/// <param name="Name">What it is called on the command line and in <c>lab.json</c>.</param>
/// <param name="Help">What it is, for <c>--help</c>: a phrase without an end.</param>
/// <param name="Brokers">Its brokers, in order. The first of each group starts before the others, which join it.</param>
public abstract record Topology(string Name, string Help, IReadOnlyList<Broker> Brokers)
{
    /// <summary>What the load balancer is called, where brokers have their names.</summary>
    public const string Balancer = "balancer";

    // A quorum queue needs more than half of its members.
    private const int LeastForAMajority = 3;

    /// <summary>The brokers' names, in order.</summary>
    public IReadOnlyList<string> BrokerNames => [.. Brokers.Select(static broker => broker.Name)];

    /// <summary>The names of all parts: the brokers' and the balancer's.</summary>
    public IReadOnlyList<string> Parts => [.. BrokerNames, Balancer];

    /// <summary>The brokers, group by group.</summary>
    public IReadOnlyList<IReadOnlyList<Broker>> Groups =>
        [.. Brokers.GroupBy(static broker => broker.Group).Select(static group => (IReadOnlyList<Broker>)[.. group])];

    /// <summary>The part that producers connect to: the balancer, or a broker itself.</summary>
    public virtual string ProducerEntrance => Balancer;

    /// <summary>The part that consumers connect to: the balancer, or a broker itself.</summary>
    public virtual string ConsumerEntrance => Balancer;

    /// <summary>The brokers that the balancer hands clients to.</summary>
    public virtual IReadOnlyList<string> Balanced => BrokerNames;

    /// <summary>Whether clients can go on while one broker is broken. If not, a drill does not wait for that before it heals.</summary>
    /// <value>Whether every group has a majority without it.</value>
    public virtual bool ServesWithOneBroken => Groups.All(static group => group.Count >= LeastForAMajority);

    /// <summary>The most brokers that a soak has broken at the same time, unless it is allowed to break all of them.</summary>
    /// <value>So many that every group keeps its majority; at least one, since what is durable must survive that even where nobody is served meanwhile.</value>
    public virtual int MostBroken => Math.Max(1, Groups.Min(static group => (group.Count - 1) / 2));

    /// <summary>The brokers that a drill takes the last messages from before it judges. What is in none of them, and nobody received, is lost.</summary>
    public virtual IReadOnlyList<string> Stores => BrokerNames;

    /// <summary>The balancer's configuration: files, by their paths from the root of the checkout, in the order in which HAProxy reads them.</summary>
    public virtual IReadOnlyList<string> BalancerFiles => ["haproxy.cfg"];

    /// <summary>The Compose files, by their paths from the root of the checkout, each on top of those before it.</summary>
    public virtual IReadOnlyList<string> ComposeFiles => ["docker-compose.yml"];

    /// <summary>The Compose file that comes on top of them for a lab that lets nobody in without certificate and password.</summary>
    public virtual string SecureComposeFile => "docker-compose.secure.yml";

    /// <summary>The other brokers of the group that a broker belongs to.</summary>
    public IReadOnlyList<Broker> PeersOf(string broker) =>
        [.. Groups.Single(group => group.Any(member => member.Name == broker)).Where(member => member.Name != broker)];
}
