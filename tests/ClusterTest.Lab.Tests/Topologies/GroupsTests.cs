using ClusterTest.Lab.Brokers;
using ClusterTest.Lab.Faults;
using ClusterTest.Lab.Labs;
using ClusterTest.Lab.Tests.Examples;
using ClusterTest.Lab.Topologies;
using RabbitMQ.Client;
using Xunit;

namespace ClusterTest.Lab.Tests.Topologies;

/// <summary>Two clusters behind one balancer, which know nothing of each other.</summary>
[RealBrokers, Collection(RealBrokersDefinition.Name)]
public sealed class GroupsTests
{
    private const string Queue = "second.alone";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_is_asked_about_its_own_clients_and_queues()
    {
        await using var lab = new TestLab(topology: new Twins());
        _ = await lab.Cluster.UpAsync(cancellationToken: Token);
        Assert.True((await lab.Cluster.GetStatusAsync(Token)).IsHealthy);
        await using var first = await ConnectAsync(lab.Cluster, "rabbit1");
        await using var second = await ConnectAsync(lab.Cluster, "rabbit2");
        await using (var channel = await second.CreateChannelAsync(cancellationToken: Token))
        {
            _ = await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        }

        Assert.Equal(
            [new("rabbit1", "client of rabbit1"), new ClientConnection("rabbit2", "client of rabbit2")],
            (await lab.Cluster.FindClientsAsync(Token)).OrderBy(static client => client.Node));
        Assert.Equal("rabbit2", await lab.Cluster.FindLeaderAsync(Queue, Token));

        await new DeleteQueue().InjectAsync(lab.Cluster, Queue, Token);
        Assert.Null(await lab.Cluster.FindLeaderAsync(Queue, Token));
        _ = await Assert.ThrowsAsync<LabException>(() => new DeleteQueue().InjectAsync(lab.Cluster, Queue, Token));
    }

    private static async Task<IConnection> ConnectAsync(LabCluster lab, string node)
    {
        var address = await lab.FindAddressAsync(node, Token);
        return await new ConnectionFactory { HostName = address.Host, Port = address.Port, ClientProvidedName = $"client of {node}" }.OpenAsync(Token);
    }

    private sealed record Twins() : Topology("twins", "a topology of this test", [new("rabbit1", "first"), new("rabbit2", "second")])
    {
        public override IReadOnlyList<string> BalancerFiles => new Pair().BalancerFiles;
    }
}
