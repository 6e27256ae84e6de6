using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Files;

/// <summary>The ports of a lab that whoever uses it sees, all on 127.0.0.1.</summary>
public abstract record LabPorts
{
    /// <summary>The balancer's default port, from which all others are counted.</summary>
    public const int DefaultBase = 5670;

    /// <summary>The lowest port of the balancer that leaves no other port below those that only root may use.</summary>
    public const int LeastBase = 3000;

    /// <summary>The highest port of the balancer that leaves all others below those that the kernel gives out by itself.</summary>
    public const int GreatestBase = 12000;

    /// <summary>Where clients connect.</summary>
    /// <value>Default 5670.</value>
    public int Balancer { get; init; } = DefaultBase;

    /// <summary>Where clients connect by TLS.</summary>
    /// <value>Default 5671.</value>
    public int BalancerTls { get; init; } = 5671;

    /// <summary>HAProxy's statistics page.</summary>
    /// <value>Default 8100.</value>
    public int Statistics { get; init; } = 8100;

    /// <summary>Every port that a topology takes, with what it is for.</summary>
    public abstract IEnumerable<(int Port, string Purpose)> All(Topology topology);
}
