using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines;

/// <summary>What is asked of a lab, whatever runs it.</summary>
public abstract record LabClusterOptions
{
    /// <summary>Everything that the lab writes on this machine goes here. Its absolute path also tells labs apart.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Which parts it has.</summary>
    /// <value>Default a cluster of three brokers behind a balancer.</value>
    public Topology Topology { get; init; } = TopologyList.Default;

    /// <summary>The checkout, in which the topology's configuration files are found.</summary>
    /// <value>Default the one that this program was built in.</value>
    public string Checkout { get; init; } = RepositoryRoot.Find();

    /// <summary>Whether a lab that is started lets nobody in without certificate and password. One that is up is what it was started as.</summary>
    /// <value>Default no: the account <c>guest</c> and no encryption, on loopback alone.</value>
    public bool Secure { get; init; }

    /// <summary>How long a node may take to start.</summary>
    /// <value>Default one minute, in containers three; 3 to 6 seconds are usual, in containers 10 to 30.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a fault may take until it has taken effect.</summary>
    /// <value>Default two minutes; a few seconds are usual, but beside a frozen node <c>stop_app</c> takes over one minute.</value>
    public TimeSpan FaultTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
