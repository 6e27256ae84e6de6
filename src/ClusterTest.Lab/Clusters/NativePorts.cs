namespace ClusterTest.Lab.Clusters;

/// <summary>The ports of a native cluster, all on 127.0.0.1.</summary>
public sealed record NativePorts
{
    /// <summary>The balancer's default port, from which <see cref="FromBase"/> counts.</summary>
    public const int DefaultBase = 5670;

    /// <summary>The lowest port of the balancer that leaves no other port below those that only root may use.</summary>
    public const int LeastBase = 3000;

    /// <summary>The highest port of the balancer that leaves all others below those that the kernel gives out by itself.</summary>
    public const int GreatestBase = 12000;

    /// <summary>Where clients connect.</summary>
    /// <value>Default 5670.</value>
    public int Balancer { get; init; } = DefaultBase;

    /// <summary>HAProxy's statistics page.</summary>
    /// <value>Default 8100.</value>
    public int Statistics { get; init; } = 8100;

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
            Statistics = defaults.Statistics + shift,
            FirstNode = defaults.FirstNode + shift,
            FirstDistribution = defaults.FirstDistribution + shift,
            PortMapper = defaults.PortMapper + shift,
        };
    }

    /// <summary>Every port with what it is for.</summary>
    public IEnumerable<(int Port, string Purpose)> All() =>
    [
        (Balancer, "the balancer"),
        (Statistics, "the balancer's statistics"),
        .. NativeCluster.NodeNames.Index().Select(node => (FirstNode + node.Index, node.Item)),
        .. NativeCluster.NodeNames.Index().Select(node => (FirstDistribution + node.Index, $"the Erlang distribution of {node.Item}")),
        (PortMapper, "the Erlang port mapper, epmd"),
    ];
}
