using ClusterTest.Lab.Topologies;

namespace ClusterTest.Lab.Engines;

/// <summary>The options of a lab on any engine.</summary>
public abstract record LabClusterOptions
{
    /// <summary>The directory for everything that the lab writes on this machine. Its absolute path also tells labs apart.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>The lab's parts, and how they belong together.</summary>
    /// <value>Default: a cluster of three nodes behind a balancer.</value>
    public Topology Topology { get; init; } = TopologyList.Default;

    /// <summary>The checkout that contains the topology's configuration files.</summary>
    /// <value>Default: the checkout that this program was built in.</value>
    public string Checkout { get; init; } = RepositoryRoot.Find();

    /// <summary>Whether a new lab lets nobody in without a certificate and a password. A lab that is up stays as it was started.</summary>
    /// <value>Default: no, with the account <c>guest</c> and without encryption, on loopback alone.</value>
    public bool Secure { get; init; }

    /// <summary>How long a node may take to start.</summary>
    /// <value>Default: one minute, in containers three. A node usually takes 3 to 6 seconds, in containers 10 to 30.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a fault may take to take effect.</summary>
    /// <value>Default: two minutes. A fault usually takes a few seconds, but beside a frozen node <c>stop_app</c> takes over one minute.</value>
    public TimeSpan FaultTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
