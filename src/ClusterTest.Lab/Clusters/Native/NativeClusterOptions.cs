namespace ClusterTest.Lab.Clusters.Native;

/// <summary>How a native cluster is laid out on this machine.</summary>
public sealed record NativeClusterOptions : LabClusterOptions
{
    /// <summary>Configuration of the balancer.</summary>
    public required string BalancerConfiguration { get; init; }

    /// <summary>The ports.</summary>
    /// <value>Default: 5670 for clients, 8100 for statistics, 5681 to 5683 for the nodes.</value>
    public NativePorts Ports { get; init; } = new();

    /// <summary>Lines added to each node's rabbitmq.conf.</summary>
    /// <value>Default: none.</value>
    public string AdditionalBrokerConfiguration { get; init; } = "";

    /// <summary>The broker's start script: the one that starts it as the calling user, not the packages' wrapper, which changes user.</summary>
    /// <value>Default <c>/usr/lib/rabbitmq/bin/rabbitmq-server</c>.</value>
    public string BrokerProgram { get; init; } = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    /// <summary>The cluster in a state directory, on the ports it was started with, else on the default ones.</summary>
    public static NativeClusterOptions Load(string stateDirectory, string balancerConfiguration) => new()
    {
        StateDirectory = stateDirectory,
        BalancerConfiguration = balancerConfiguration,
        Ports = new LabLayout(stateDirectory).LoadPorts<NativePorts>() ?? new(),
    };
}
