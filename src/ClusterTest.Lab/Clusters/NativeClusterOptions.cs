using System.Text.Json;

namespace ClusterTest.Lab.Clusters;

/// <summary>How a native cluster is laid out on this machine.</summary>
public sealed record NativeClusterOptions
{
    private const string PortsFile = "ports.json";

    /// <summary>Everything the cluster writes goes here. Its absolute path also marks the cluster's processes.</summary>
    public required string StateDirectory { get; init; }

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

    /// <summary>How long a node may take to start.</summary>
    /// <value>Default one minute; 3 to 6 seconds are usual.</value>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a fault may take until it has taken effect.</summary>
    /// <value>Default two minutes; a few seconds are usual, but beside a frozen node <c>stop_app</c> takes over one minute.</value>
    public TimeSpan FaultTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The cluster in a state directory, on the ports it was started with, else on the default ones.</summary>
    public static NativeClusterOptions Load(string stateDirectory, string balancerConfiguration)
    {
        var file = Path.Combine(stateDirectory, PortsFile);
        return new NativeClusterOptions
        {
            StateDirectory = stateDirectory,
            BalancerConfiguration = balancerConfiguration,
            Ports = File.Exists(file) ? JsonSerializer.Deserialize<NativePorts>(File.ReadAllText(file)) ?? new() : new(),
        };
    }

    internal void SavePorts() => File.WriteAllText(Path.Combine(StateDirectory, PortsFile), JsonSerializer.Serialize(Ports));
}
