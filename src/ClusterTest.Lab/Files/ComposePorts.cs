using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The ports that a Compose cluster publishes; the nodes' own are inside its network.</summary>
public sealed record ComposePorts : LabPorts
{
    /// <summary>RabbitMQ's management page.</summary>
    /// <value>Default 15672.</value>
    public int Management { get; init; } = 15672;

    /// <summary>All ports moved by as much as the balancer's port differs from its default.</summary>
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
        };
    }

    /// <inheritdoc/>
    public override IEnumerable<(int Port, string Purpose)> All(Topology topology) =>
    [
        (Balancer, "the balancer"),
        (BalancerTls, "the balancer by TLS"),
        (Statistics, "the balancer's statistics"),
        (Management, "the management page"),
    ];
}
