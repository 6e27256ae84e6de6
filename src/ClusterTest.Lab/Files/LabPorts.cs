using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The ports that a user of the lab sees, all on 127.0.0.1.</summary>
public abstract record LabPorts
{
    /// <summary>The balancer's default port. All other ports keep their distance from the balancer's port.</summary>
    public const int DefaultBase = 5670;

    /// <summary>The lowest port for the balancer: with a lower one, another port would be among those that only root may use.</summary>
    public const int LeastBase = 3000;

    /// <summary>The highest port for the balancer: with a higher one, another port would be among those that the kernel hands out by itself.</summary>
    public const int GreatestBase = 12000;

    /// <summary>The port that clients connect to.</summary>
    /// <value>Default: 5670.</value>
    public int Balancer { get; init; } = DefaultBase;

    /// <summary>The port that clients connect to by TLS.</summary>
    /// <value>Default: 5671.</value>
    public int BalancerTls { get; init; } = 5671;

    /// <summary>The port of HAProxy's statistics page.</summary>
    /// <value>Default: 8100.</value>
    public int Statistics { get; init; } = 8100;

    /// <summary>The port of the link between two sites.</summary>
    /// <value>Default: 5675.</value>
    public int Link { get; init; } = 5675;

    /// <summary>Every port that a topology uses, with its purpose.</summary>
    public abstract IEnumerable<(int Port, string Purpose)> All(Topology topology);
}
