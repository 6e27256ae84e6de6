using ClusterTest.Cli;
using ClusterTest.Cli.Events;
using ClusterTest.Lab.Clusters;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Reports;
using RabbitMQ.Client;

namespace ClusterTest.Lab.Drills;

/// <summary>A cluster that the lab does not run: the user's own. It is broken and healed by the user's commands, or by hand.</summary>
internal sealed class ForeignTarget(ForeignCluster cluster, TimeProvider time) : IDrillTarget
{
    private static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IReadOnlyList<string> Nodes => cluster.Nodes;

    /// <inheritdoc/>
    public string Address => $"{cluster.Uri.Endpoint}";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string?> ProgramEnvironment =>
        new Dictionary<string, string?> { [ConnectionOptions.UriVariable] = cluster.Uri.Format() };

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgramArguments => [];

    /// <inheritdoc/>
    public IReadOnlyList<IFault> FaultsFor(string queue) => cluster.Faults;

    /// <inheritdoc/>
    public async Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken)
    {
        var endpoint = cluster.Uri.Endpoint;
        await OneCluster.RequireAsync(Connections(), $"{endpoint}", time, cancellationToken);
        var version = endpoint.UseTls ? null : (await AmqpProbe.GreetAsync(new AmqpAddress(endpoint.Host, endpoint.Port), GreetingTimeout, cancellationToken)).Version;
        return DrillEnvironments.Describe(Address, version is null ? [] : [$"{endpoint} {version}"], balancer: null);
    }

    /// <inheritdoc/>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public async Task HealAsync(CancellationToken cancellationToken)
    {
        if (cluster.Heal is not { } heal)
        {
            return;
        }

        var failures = new List<string>();
        foreach (var node in CommandFault.ConcernsNodes(heal) ? cluster.Nodes : (IReadOnlyList<string?>)[null])
        {
            try
            {
                await CommandFault.RunAsync(heal, node, cancellationToken);
            }
            catch (LabException failure)
            {
                failures.Add($"{node}: {failure.Message}".TrimStart(':', ' '));
            }
        }

        if (failures.Count > 0)
        {
            throw new LabException($"Not healed: {string.Join("; ", failures)}");
        }
    }

    /// <inheritdoc/>
    public async Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken)
    {
        var connections = Connections();
        await QueueDrain.EmptyAsync(connections, names, Address, found, time, cancellationToken);
        await QueueDrain.RemoveAsync(connections, names, Address, cancellationToken);
    }

    private ConnectionFactory Connections() => new()
    {
        HostName = cluster.Uri.Endpoint.Host,
        Port = cluster.Uri.Endpoint.Port,
        UserName = cluster.Uri.UserName ?? ConnectionFactory.DefaultUser,
        Password = cluster.Uri.Password ?? ConnectionFactory.DefaultPass,
        VirtualHost = cluster.Uri.VirtualHost ?? ConnectionFactory.DefaultVHost,
        Ssl = new SslOption(cluster.Uri.Endpoint.Host, enabled: cluster.Uri.Endpoint.UseTls),
        AutomaticRecoveryEnabled = false,
        ClientProvidedName = "cluster-test-lab",
    };
}
