using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The ports of a native cluster.</summary>
public sealed record NativePorts : LabPorts
{
    /// <summary>AMQP listener of the first node; the others follow.</summary>
    /// <value>Default 5681.</value>
    public int FirstNode { get; init; } = 5681;

    /// <summary>Erlang distribution of the first node; the others follow.</summary>
    /// <value>Default 25681.</value>
    public int FirstDistribution { get; init; } = 25681;

    /// <summary>The cluster's own epmd, so that a system-wide one (4369) is neither used nor disturbed.</summary>
    /// <value>Default 4379.</value>
    public int PortMapper { get; init; } = 4379;

    /// <summary>All ports moved by as much as the balancer's port differs from its default.</summary>
    public static NativePorts FromBase(int balancer)
    {
        var defaults = new NativePorts();
        var shift = balancer - DefaultBase;
        return new NativePorts
        {
            Balancer = defaults.Balancer + shift,
            BalancerTls = defaults.BalancerTls + shift,
            Statistics = defaults.Statistics + shift,
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
        (PortMapper, "the Erlang port mapper, epmd"),
    ];
}
