using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The ports of a lab on this machine's packages.</summary>
public sealed record NativePorts : LabPorts
{
    /// <summary>The port of the first node's AMQP listener. Each further node has the next port.</summary>
    /// <value>Default: 5681.</value>
    public int FirstNode { get; init; } = 5681;

    /// <summary>The port of the first node's Erlang distribution. Each further node has the next port.</summary>
    /// <value>Default: 25681.</value>
    public int FirstDistribution { get; init; } = 25681;

    /// <summary>The port of the lab's own epmd, so that the lab neither uses nor disturbs the machine's epmd (port 4369).</summary>
    /// <value>Default: 4379.</value>
    public int PortMapper { get; init; } = 4379;

    /// <summary>Moves all ports by the distance between the balancer's port and its default.</summary>
    public static NativePorts FromBase(int balancer)
    {
        var defaults = new NativePorts();
        var shift = balancer - DefaultBase;
        return new NativePorts
        {
            Balancer = defaults.Balancer + shift,
            BalancerTls = defaults.BalancerTls + shift,
            Statistics = defaults.Statistics + shift,
            Link = defaults.Link + shift,
            FirstNode = defaults.FirstNode + shift,
            FirstDistribution = defaults.FirstDistribution + shift,
            PortMapper = defaults.PortMapper + shift,
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Port, string Purpose)> All(Topology topology) =>
    [
        (Balancer, "the balancer"),
        (BalancerTls, "the balancer by TLS"),
        (Statistics, "the balancer's statistics"),
        .. topology.BrokerNames.Index().Select(node => (FirstNode + node.Index, node.Item)),
        .. topology.BrokerNames.Index().Select(node => (FirstDistribution + node.Index, $"the Erlang distribution of {node.Item}")),
        .. topology.HasLink ? [(Link, "the link between the sites")] : Array.Empty<(int, string)>(),
        (PortMapper, "the Erlang port mapper, epmd"),
    ];
}
