using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The ports that a lab in containers publishes. The nodes' own ports are inside the containers' network.</summary>
public sealed record ComposePorts : LabPorts
{
    private const int LastNetwork = 250;

    // A prime: ports that differ by a round number have different networks.
    private const int Networks = 251;

    /// <summary>The port of RabbitMQ's management page.</summary>
    /// <value>Default: 15672.</value>
    public int Management { get; init; } = 15672;

    /// <summary>The port of the node that clients connect to without the balancer, where there is one.</summary>
    /// <value>Default: 5676.</value>
    public int Node { get; init; } = 5676;

    /// <summary>
    /// The first three numbers of the addresses in the network of a topology that has a virtual address. Two such labs on one machine need two networks.
    /// </summary>
    /// <value>Default: 172.31.250.</value>
    public string Network { get; init; } = NetworkOf(shift: 0);

    /// <summary>The virtual address.</summary>
    internal string VirtualAddress => $"{Network}.100";

    /// <summary>The address of a host, whose name ends in its number.</summary>
    internal string AddressOf(string host) => $"{Network}.1{host[^1]}";

    /// <summary>Moves all ports by the distance between the balancer's port and its default, and takes another network.</summary>
    public static ComposePorts FromBase(int balancer)
    {
        var defaults = new ComposePorts();
        var shift = balancer - DefaultBase;
        return new ComposePorts
        {
            Balancer = defaults.Balancer + shift,
            Statistics = defaults.Statistics + shift,
            BalancerTls = defaults.BalancerTls + shift,
            Management = defaults.Management + shift,
            Link = defaults.Link + shift,
            Node = defaults.Node + shift,
            Network = NetworkOf(shift),
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Port, string Purpose)> All(Topology topology) =>
    [
        .. topology.HasBalancer
            ?
            [
                (Balancer, "the balancer"),
                (BalancerTls, "the balancer by TLS"),
                (Statistics, "the balancer's statistics"),
                (Management, "the management page"),
            ]
            : Array.Empty<(int, string)>(),
        .. topology.OwnEntrances.Select(node => (Node, node)),
        .. topology.HasLink ? [(Link, "the link between the sites")] : Array.Empty<(int, string)>(),
    ];

    // Among the private networks, at the end of those that Docker takes by itself.
    private static string NetworkOf(int shift) => $"172.31.{LastNetwork - (((shift % Networks) + Networks) % Networks)}";
}
