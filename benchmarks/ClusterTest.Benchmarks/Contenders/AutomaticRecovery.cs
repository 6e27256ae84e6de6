using ClusterTest.Reconnect;
using RabbitMQ.Client;

namespace ClusterTest.Benchmarks.Contenders;

/// <summary>RabbitMQ.Client with its own recovery, at an interval or at its default of 5 s.</summary>
internal sealed class AutomaticRecovery(TimeSpan? interval) : IContender
{
    public string Name => interval is { } every ? $"RabbitMQ.Client, own recovery, {every.TotalMilliseconds:0} ms" : "RabbitMQ.Client, own recovery, defaults";

    public async Task<IAsyncDisposable> StartAsync(
        ClusterEndpoint endpoint, Topology topology, string clientName, Action onMessage, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory { HostName = endpoint.Host, Port = endpoint.Port };
        if (interval is { } every)
        {
            factory.NetworkRecoveryInterval = every;
        }

        var connection = await factory.CreateConnectionAsync(clientName, cancellationToken);
        await PlainClient.ConsumeAsync(connection, topology, onMessage, cancellationToken);
        return connection;
    }
}
