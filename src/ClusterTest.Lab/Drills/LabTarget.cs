using ClusterTest.Events;
using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Files;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Machine;
using ClusterTest.Reconnect;
using RabbitMQ.Client;

namespace ClusterTest.Lab.Drills;

/// <summary>The lab's own cluster.</summary>
internal sealed class LabTarget(LabCluster cluster, TimeProvider time) : IDrillTarget
{
    private const string Role = "drill";

    // Usually a dozen seconds, of which the start takes most; on a busy machine several times as much.
    private static readonly TimeSpan TimeToStartABroker = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IReadOnlyList<string> Nodes => cluster.Topology.BrokerNames;

    /// <inheritdoc/>
    public int MostBroken => cluster.Topology.MostBroken;

    /// <inheritdoc/>
    public TimeSpan LongestSilence => cluster.Topology.IsManaged ? TimeToStartABroker : IDrillTarget.UsualSilence;

    /// <inheritdoc/>
    public bool IsBrokenAtConsumer => cluster.Topology.IsManaged;

    /// <inheritdoc/>
    public Task WatchAsync(Action<string, string> tell, CancellationToken cancellationToken) =>
        cluster.Topology.IsManaged ? cluster.WatchAsync(tell, cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<FailoverTimes?> FindFailoverAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        cluster.FindFailoverAsync(since, cancellationToken);

    /// <inheritdoc/>
    public string Address => cluster.Topology.ProducerEntrance == cluster.Topology.ConsumerEntrance
        ? cluster.Balancer.ToString()
        : $"{cluster.EntranceOf(cluster.Topology.ProducerEntrance)} (producers) and {cluster.EntranceOf(cluster.Topology.ConsumerEntrance)} (consumers)";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string?> EnvironmentOf(string program)
    {
        var entrance = program is EventWriter.Producer ? cluster.Topology.ProducerEntrance : cluster.Topology.ConsumerEntrance;
        var address = cluster.EntranceOf(entrance);
        return new Dictionary<string, string?>
        {
            [LabProcesses.LabVariable] = cluster.StateDirectory,
            [LabProcesses.RoleVariable] = Role,
            [Cli.ConnectionOptions.UriVariable] = cluster.Secrets is null ? $"amqp://{address}" : $"amqps://{LabSecrets.UserName}@{address}",
        };
    }

    /// <inheritdoc/>
    public Task SetUpAsync(DrillNames names, Variant variant, CancellationToken cancellationToken) => cluster.SetShovelsAsync(
        new ShovelDefinition(names.Queue, variant.QueueType is QueueType.Classic ? ShovelDefinition.Classic : ShovelDefinition.Quorum, variant.AckMode),
        cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<string> ProgramArguments => cluster.Secrets is { } secrets
        ?
        [
            "--password-file", secrets.PasswordFile,
            "--ca-file", secrets.AuthorityFile,
            "--client-cert", secrets.CertificateFile,
            "--client-key", secrets.KeyFile,
        ]
        : [];

    /// <inheritdoc/>
    public IReadOnlyList<IFault> FaultsFor(string queue) => FaultList.For(cluster, queue);

    /// <inheritdoc/>
    public async Task<DrillEnvironment> DescribeAsync(CancellationToken cancellationToken)
    {
        var status = await cluster.GetStatusAsync(cancellationToken);
        var brokers = status.Nodes.Select(static node => $"{node.Name} {node.Version ?? "unknown"}");
        return DrillEnvironments.Describe(Address, [.. brokers], await cluster.GetBalancerVersionAsync(cancellationToken)) with
        {
            Topology = cluster.Topology.Name,
            Engine = cluster.Engine is Engine.Compose ? "compose" : "native",
            Secure = cluster.Secrets is not null,
        };
    }

    /// <inheritdoc/>
    public Task<string?> FindRoleAsync(string node, DrillNames names, CancellationToken cancellationToken) =>
        new NodeRole(token => cluster.FindLeaderAsync(names.Queue, token), cluster.FindClientsAsync, token => cluster.FindShovelNodeAsync(names.Queue, token))
            .FindAsync(node, names, cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> FindConsumerAsync(DrillNames names, CancellationToken cancellationToken) =>
        (await cluster.FindClientsAsync(cancellationToken)).FirstOrDefault(client => client.Name == names.Consumer)?.Node;

    /// <inheritdoc/>
    public Task<string?> FindShovelAsync(DrillNames names, CancellationToken cancellationToken) =>
        cluster.FindShovelNodeAsync(names.Queue, cancellationToken);

    /// <inheritdoc/>
    public Task HealAsync(CancellationToken cancellationToken) => cluster.HealAsync(cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async Task DrainAsync(DrillNames names, Action<DrainedEvent> found, CancellationToken cancellationToken)
    {
        await cluster.RemoveShovelsAsync(names.Queue, cancellationToken);
        await cluster.RemoveShovelsAsync(names.ParkedQueue, cancellationToken); // a hand-over gives every queue one
        foreach (var node in cluster.Topology.Stores)
        {
            await QueueDrain.EmptyAsync(await ConnectionsToAsync(node, cancellationToken), names, node, found, time, cancellationToken);
        }

        var removers = cluster.Topology.IsManaged ? cluster.Topology.Stores : [.. cluster.Topology.Groups.Select(static group => group[0].Name)];
        foreach (var remover in removers)
        {
            await QueueDrain.RemoveAsync(await ConnectionsToAsync(remover, cancellationToken), names, remover, cancellationToken);
        }
    }

    private async Task<ConnectionFactory> ConnectionsToAsync(string node, CancellationToken cancellationToken)
    {
        var address = await cluster.FindAddressAsync(node, cancellationToken);
        var connections = new ConnectionFactory
        {
            HostName = address.Host,
            Port = address.Port,
            AutomaticRecoveryEnabled = false,
            ClientProvidedName = "cluster-test-lab",
        };
        cluster.Secrets?.ApplyTo(connections, node);
        return connections;
    }
}
